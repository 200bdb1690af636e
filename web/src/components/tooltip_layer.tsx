import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Keys } from './keys.tsx';

/** Milliseconds that one has to rest on something; none right after another tooltip. */
const REST = 500;
const AFTERGLOW = 300;

/** Pixels between a tooltip and what it is of, and the edge of the window. */
const GAP = 6;

/** The one tooltip that is shown, of what the pointer or the keyboard rests on. Once in the app. */
export function TooltipLayer() {
  const [target, setTarget] = useState<HTMLElement>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wanted: HTMLElement | undefined;
    let shown = false;
    let hiddenAt = Number.NEGATIVE_INFINITY;

    function want(next: HTMLElement | undefined) {
      if (next === wanted) return;
      wanted = next;
      clearTimeout(timer);
      if (shown) hiddenAt = performance.now();
      shown = false;
      setTarget(undefined);
      if (!next) return;
      timer = setTimeout(
        () => {
          shown = true;
          setTarget(next);
        },
        performance.now() - hiddenAt < AFTERGLOW ? 0 : REST,
      );
    }

    const of = (event: Event) =>
      (event.target as Element | null)?.closest<HTMLElement>('[data-tooltip]') ?? undefined;
    const over = (event: PointerEvent) => {
      if (event.pointerType === 'mouse') want(of(event));
    };
    const focus = (event: FocusEvent) => {
      const next = of(event);
      want(next?.matches(':focus-visible') ? next : undefined);
    };
    const hide = () => {
      const last = wanted;
      want(undefined);
      // What was pressed says nothing until the pointer comes back.
      wanted = last;
    };
    const key = (event: KeyboardEvent) => event.key === 'Escape' && hide();

    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide, { capture: true });
    document.addEventListener('keydown', key, { capture: true });
    document.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide, { capture: true });
      document.removeEventListener('keydown', key, { capture: true });
      document.removeEventListener('scroll', hide, { capture: true });
    };
  }, []);

  return target?.isConnected ? <Shown key={target.dataset.tooltip} target={target} /> : null;
}

function Shown({ target }: { target: HTMLElement }) {
  const box = useRef<HTMLDivElement>(null);
  const { tooltip, tooltipKeys } = target.dataset;

  useLayoutEffect(() => {
    const own = box.current;
    if (!own) return;
    const at = target.getBoundingClientRect();
    const below = at.bottom + GAP + own.offsetHeight < window.innerHeight;
    const left = at.left + at.width / 2 - own.offsetWidth / 2;
    own.style.top = `${below ? at.bottom + GAP : at.top - GAP - own.offsetHeight}px`;
    own.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - own.offsetWidth - GAP))}px`;
  }, [target]);

  return (
    <div
      ref={box}
      aria-hidden="true"
      className="pointer-events-none fixed z-20 flex w-max max-w-64 items-center gap-2 rounded-md bg-raised px-2 py-1 text-ink text-xs shadow-raised"
    >
      {tooltip}
      {tooltipKeys && <Keys keys={tooltipKeys} />}
    </div>
  );
}
