import { failureText } from '#/app/failure_text.ts';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import type { Failure } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

/** More of the history could not be fetched. */
export function FetchFailure({ failure, retry }: { failure: Failure; retry: () => void }) {
  const t = useText();
  return (
    <div className="column shrink-0 px-3 pt-1">
      <Banner
        tone="danger"
        role="status"
        actions={
          <Button size="sm" onClick={retry}>
            {t('retry')}
          </Button>
        }
      >
        {t('conversation:not_fetched')}. {failureText(failure, t)}
      </Banner>
    </div>
  );
}
