const SIZE = 64;
const ICON = '/icon.svg';

let badged = false;

/** Puts a dot on the tab's icon while something is unread. */
export async function badgeFavicon(on: boolean): Promise<void> {
  if (on === badged) return;
  badged = on;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  const href = on ? await withDot() : ICON;
  // Another call may have come meanwhile.
  if (badged === on && href) link.href = href;
}

async function withDot(): Promise<string | undefined> {
  try {
    const image = new Image(SIZE, SIZE);
    image.src = ICON;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SIZE;
    canvas.height = SIZE;
    const context = canvas.getContext('2d');
    if (!context) return undefined;
    context.drawImage(image, 0, 0, SIZE, SIZE);
    context.globalCompositeOperation = 'destination-out';
    disc(context, 19);
    context.globalCompositeOperation = 'source-over';
    context.fillStyle = '#d92d20';
    disc(context, 14);
    return canvas.toDataURL('image/png');
  } catch {
    return undefined;
  }
}

function disc(context: CanvasRenderingContext2D, radius: number): void {
  context.beginPath();
  context.arc(SIZE - 16, 16, radius, 0, 2 * Math.PI);
  context.fill();
}
