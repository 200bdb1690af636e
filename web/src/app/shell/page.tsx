import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { usePageTitle } from '#/app/document_title.ts';
import { classes } from '#/components/classes.ts';
import { iconButtonClass } from '#/components/icon_button.tsx';
import { Tooltip } from '#/components/tooltip.tsx';
import { useText } from '#/i18n/text.ts';

interface PageProps {
  title: string;
  lead?: ReactNode;
  /** Where the arrow leads; without it to the rooms, and only on phones, where they are not in sight. */
  back?: LinkProps;
  backLabel?: string;
  actions?: ReactNode;
  /** There is nothing in it to move to by keys: the page itself has the focus, for scrolling. */
  plain?: boolean;
  children: ReactNode;
}

/** A page beside the rooms: its title, a way back, and one readable column. */
export function Page({ title, lead, back, backLabel, actions, plain = false, children }: PageProps) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  usePageTitle(title);
  useEffect(() => {
    // Whoever cannot see that the page changed hears it, unless a field of it has the focus already.
    if (!document.getElementById('content')?.contains(document.activeElement))
      heading.current?.focus({ preventScroll: true });
  }, []);
  const label = back ? (backLabel ?? t('back')) : t('back_to_rooms');
  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2 border-line border-b ps-2 pe-3 md:ps-4">
        <Tooltip label={label}>
          <Link
            to="/"
            {...back}
            aria-label={label}
            className={classes(iconButtonClass(), back ? '' : 'md:hidden')}
          >
            <ArrowLeft className="rtl:-scale-x-100" aria-hidden="true" />
          </Link>
        </Tooltip>
        <h1
          ref={heading}
          tabIndex={-1}
          className="min-w-0 flex-1 truncate font-semibold text-base outline-none md:ps-1"
        >
          {title}
        </h1>
        {actions}
      </header>
      <div
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain"
        {...(plain && { role: 'region', 'aria-label': title, tabIndex: 0 })}
      >
        <div className="mx-auto w-full max-w-2xl px-4 pt-6 pb-16 sm:px-6">
          {lead && <p className="mb-6 text-pretty text-ink-soft">{lead}</p>}
          {children}
        </div>
      </div>
    </>
  );
}

/** A part of a page with its name. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mb-10">
      <h2 className="mb-4 font-semibold text-[0.9375rem]">{title}</h2>
      {children}
    </section>
  );
}
