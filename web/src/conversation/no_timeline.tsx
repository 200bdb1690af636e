import { CloudOff } from 'lucide-react';
import { failureText } from '#/app/failure_text.ts';
import { Button } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import type { Failure } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

/** The messages could not be fetched, and there are none to show. */
export function NoTimeline({ failure, retry }: { failure: Failure; retry: () => void }) {
  const t = useText();
  return (
    <div role="alert" className="flex min-h-0 flex-1 items-center justify-center">
      <EmptyState
        icon={<CloudOff />}
        title={t('conversation:not_fetched')}
        actions={
          <Button variant="primary" onClick={retry}>
            {t('common:retry')}
          </Button>
        }
      >
        {failureText(failure, t)}
      </EmptyState>
    </div>
  );
}
