import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { formFailure } from '#/app/failure_text.ts';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import { TextArea } from '#/components/text_area.tsx';
import { TextField } from '#/components/text_field.tsx';
import { toast } from '#/components/toast.tsx';
import { updateRoom } from '#/core/generated/rest/index.ts';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { FormError } from '../auth/form_error.tsx';

/** A room's name and topic. The room itself changes when its event arrives. */
export function DescriptionForm({ room, locked }: { room: RoomState; locked: boolean }) {
  const t = useText();
  const client = useClient();
  const [title, setTitle] = useState(room.title);
  const [topic, setTopic] = useState(room.topic ?? '');
  const [missing, setMissing] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      updateRoom({
        client: client.api,
        path: { room_id: room.id },
        body: { title: title.trim(), topic: topic.trim() === '' ? null : topic.trim() },
      }),
    onSuccess: () => toast(t('saved')),
  });
  const failure = formFailure(save.error, ['title', 'topic'], t);
  const same = title.trim() === room.title && topic.trim() === (room.topic ?? '');

  function submit(event: FormEvent) {
    event.preventDefault();
    setMissing(title.trim() === '');
    if (title.trim() !== '') save.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      {locked && <Banner>{t('rooms:only_admins')}</Banner>}
      <FormError text={failure.general} />
      <TextField
        label={t('rooms:new_title')}
        name="title"
        value={title}
        onValueChange={setTitle}
        error={missing ? t('rooms:missing_title') : failure.fields.title}
        maxLength={128}
        autoComplete="off"
        dir="auto"
        disabled={locked}
      />
      <TextArea
        label={t('rooms:topic')}
        name="topic"
        value={topic}
        onValueChange={setTopic}
        hint={t('rooms:topic_hint')}
        error={failure.fields.topic}
        maxLength={1024}
        disabled={locked}
      />
      {!locked && (
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={save.isPending} disabled={same}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  );
}
