import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { useText } from '#/i18n/text.ts';

/** What is left when a page breaks: what happened, and two ways on. Drafts are kept by the core, not by pages. */
export function ErrorPage({ error: reason, reset }: ErrorComponentProps) {
  const t = useText();
  const router = useRouter();
  // A file of the app that the server does not have any more, after an update, or no network to fetch it.
  const message = reason instanceof Error ? reason.message : String(reason);
  const stale = /dynamically imported module|module script failed|Failed to fetch/i.test(message);
  useEffect(() => reportError(reason), [reason]);
  return (
    <div className="flex h-full w-full flex-1 items-center justify-center overflow-y-auto" role="alert">
      <EmptyState
        icon={<TriangleAlert />}
        heading="h1"
        title={t('shell:error_title')}
        actions={
          <>
            <Button
              variant="primary"
              onClick={() => {
                reset();
                void router.invalidate();
              }}
            >
              {t('retry')}
            </Button>
            <Button onClick={() => window.location.reload()}>{t('shell:reload')}</Button>
          </>
        }
      >
        <p>{t(stale ? 'shell:stale' : 'shell:error')}</p>
        <details className="mt-4 text-start text-[0.8125rem]">
          <summary className="text-center text-ink-faint">{t('shell:error_detail')}</summary>
          <p
            className="wrap-anywhere mt-2 max-h-40 overflow-y-auto rounded-lg bg-sunken p-3 font-mono text-xs"
            dir="ltr"
          >
            {message}
          </p>
        </details>
      </EmptyState>
    </div>
  );
}
