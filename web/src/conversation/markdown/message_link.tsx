import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import type { Address } from './address.ts';

/** A link out of a message. It leads elsewhere in a tab of its own and tells that place nothing. */
export function MessageLink({ address, children }: { address: Address; children: ReactNode }) {
  const own = ownPage(address.href);
  if (own !== undefined) return <PageLink path={own}>{children}</PageLink>;
  return (
    <>
      <a href={address.href} title={address.href} target="_blank" rel="noopener noreferrer nofollow">
        <bdi>{children}</bdi>
      </a>
      {address.really !== undefined && (
        <bdi dir="ltr" className="text-ink-faint">
          {' '}
          ({address.really})
        </bdi>
      )}
    </>
  );
}

/** A link to a room or message of this very server, which is shown in the same page. */
function PageLink({ path, children }: { path: string; children: ReactNode }) {
  const router = useRouter({ warn: false });
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(path);
  };
  return (
    <a href={path} onClick={follow}>
      <bdi>{children}</bdi>
    </a>
  );
}

function ownPage(href: string): string | undefined {
  const url = new URL(href);
  const own = url.origin === globalThis.location?.origin && url.pathname.startsWith('/rooms/');
  return own ? url.pathname + url.search : undefined;
}
