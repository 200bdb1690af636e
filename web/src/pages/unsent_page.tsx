import { Copy, Feather, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { Page } from '#/app/shell/page.tsx';
import { type Stranded, stranded } from '#/app/stranded.ts';
import { Tag } from '#/components/badge.tsx';
import { Button } from '#/components/button.tsx';
import { ConfirmDialog } from '#/components/confirm_dialog.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { toast } from '#/components/toast.tsx';
import { useText } from '#/i18n/text.ts';

/** What was written for rooms that went away: to be read, copied, or discarded. */
export function UnsentPage() {
  const t = useText();
  const drafts = useLive((state) => state.drafts);
  const outbox = useLive((state) => state.outbox);
  const rooms = useLive((state) => state.rooms);
  const ready = useLive((state) => state.ready);
  const all = stranded({ drafts, outbox, rooms, ready });
  return (
    <Page title={t('rooms:unsent')} lead={all.length > 0 ? t('rooms:unsent_lead') : undefined}>
      {all.length === 0 && (
        <EmptyState icon={<Feather />} title={t('rooms:unsent_none_title')}>
          {t('rooms:unsent_none')}
        </EmptyState>
      )}
      {all.map((entry) => (
        <StrandedRoom key={entry.room} entry={entry} />
      ))}
    </Page>
  );
}

function StrandedRoom({ entry }: { entry: Stranded }) {
  const t = useText();
  const client = useClient();
  const title = useLive((state) => state.departed[entry.room]?.title);
  return (
    <section className="mb-8">
      <h2 dir="auto" className="wrap-anywhere mb-3 text-parent font-semibold text-[0.9375rem]">
        {title || t('rooms:unsent_room_unknown')}
      </h2>
      <ul className="space-y-3">
        {entry.drafts.map((draft) => (
          <Text
            key={draft.text}
            kind={t('rooms:unsent_draft')}
            text={draft.text}
            onDiscard={() => client.saveDraft(entry.room, { text: '', reply_to: undefined })}
          />
        ))}
        {entry.outgoing.map((outgoing) => (
          <Text
            key={outgoing.id}
            kind={t('rooms:unsent_message')}
            text={outgoing.body}
            onDiscard={() => void client.discard(outgoing.id)}
          />
        ))}
      </ul>
    </section>
  );
}

function Text({ kind, text, onDiscard }: { kind: string; text: string; onDiscard: () => void }) {
  const t = useText();
  const [asking, setAsking] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      toast(t('copied'));
    } catch {
      toast(t('errors:unexpected'), { tone: 'danger' });
    }
  }
  return (
    <li className="rounded-xl border border-line p-4">
      <Tag>{kind}</Tag>
      <p
        dir="auto"
        className="wrap-anywhere mt-2 max-h-72 select-text overflow-y-auto whitespace-pre-wrap text-parent leading-6"
      >
        {text}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="sm" icon={<Copy className="size-4" aria-hidden="true" />} onClick={copy}>
          {t('copy')}
        </Button>
        <Button
          size="sm"
          variant="danger-ghost"
          icon={<Trash2 className="size-4" aria-hidden="true" />}
          onClick={() => setAsking(true)}
        >
          {t('rooms:discard')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('rooms:discard_title')}
        action={t('rooms:discard')}
        onConfirm={() => {
          setAsking(false);
          onDiscard();
        }}
      >
        {t('rooms:discard_text')}
      </ConfirmDialog>
    </li>
  );
}
