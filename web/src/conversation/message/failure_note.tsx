import { useTranslation } from 'react-i18next';
import { Button } from '#/components/button.tsx';
import type { Outgoing } from '#/core/model.ts';
import { useFailureText } from '../failure_text.ts';
import { useActions } from '../timeline/actions.ts';

/** Why a message was not sent, and what to do about it. */
export function FailureNote({ outgoing }: { outgoing: Outgoing }) {
  const { t } = useTranslation('conversation');
  const { retry, edit, discard } = useActions();
  const text = useFailureText();
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-1 gap-y-1 text-xs">
      <span role="alert" className="me-2 text-danger-ink">
        {outgoing.failure ? text(outgoing.failure) : t('failure_unknown')}
      </span>
      <Button size="sm" onClick={() => retry(outgoing.id)}>
        {t('send_again')}
      </Button>
      <Button size="sm" variant="ghost" onClick={() => edit(outgoing)}>
        {t('edit')}
      </Button>
      <Button size="sm" variant="danger-ghost" onClick={() => discard(outgoing.id)}>
        {t('discard')}
      </Button>
    </div>
  );
}
