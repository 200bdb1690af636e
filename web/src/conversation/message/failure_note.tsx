import { failureText } from '#/app/failure_text.ts';
import { Button } from '#/components/button.tsx';
import type { Outgoing } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { useActions } from '../timeline/actions.ts';

/** Why a message was not sent, and what to do about it. */
export function FailureNote({ outgoing }: { outgoing: Outgoing }) {
  const t = useText();
  const { retry, edit, discard } = useActions();
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-1 gap-y-1 text-xs">
      <span role="alert" className="me-2 text-danger-ink">
        {failureText(outgoing.failure, t)}
      </span>
      <Button size="sm" onClick={() => retry(outgoing.id)}>
        {t('conversation:send_again')}
      </Button>
      <Button size="sm" variant="ghost" onClick={() => edit(outgoing)}>
        {t('conversation:edit')}
      </Button>
      <Button size="sm" variant="danger-ghost" onClick={() => discard(outgoing.id)}>
        {t('conversation:discard')}
      </Button>
    </div>
  );
}
