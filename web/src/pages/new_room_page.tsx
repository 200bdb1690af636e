import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Check, UserPlus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { addAnswered } from '#/app/answered_room.ts';
import { useClient, useLive } from '#/app/client_context.tsx';
import { formFailure } from '#/app/failure_text.ts';
import { Page } from '#/app/shell/page.tsx';
import { Avatar } from '#/components/avatar.tsx';
import { Button } from '#/components/button.tsx';
import { RadioCards } from '#/components/radio_cards.tsx';
import { TextField } from '#/components/text_field.tsx';
import { createRoom, type NewRoomKind } from '#/core/generated/rest/index.ts';
import type { User, Visibility } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { FormError } from './auth/form_error.tsx';
import { PersonSearch } from './people/person_search.tsx';

export function NewRoomPage() {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  const me = useLive((state) => state.me.id);
  const [title, setTitle] = useState('');
  const [kind, setKind] = useState<NewRoomKind>('group');
  const [visibility, setVisibility] = useState<Visibility>('private');
  const [members, setMembers] = useState<readonly User[]>([]);
  const [typed, setTyped] = useState('');
  const [missing, setMissing] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      createRoom({
        client: client.api,
        body: { title: title.trim(), kind, visibility, member_ids: members.map((user) => user.id) },
      }),
    onSuccess: (room) => {
      addAnswered(client, room);
      void navigate({ to: '/rooms/$roomId', params: { roomId: room.id }, replace: true });
    },
  });
  const failure = formFailure(create.error, ['title'], t);

  function submit(event: FormEvent) {
    event.preventDefault();
    setMissing(title.trim() === '');
    if (title.trim() === '') event.currentTarget.querySelector<HTMLInputElement>('[name="title"]')?.focus();
    else create.mutate();
  }

  function toggle(user: User) {
    setMembers((before) =>
      before.some(({ id }) => id === user.id) ? before.filter(({ id }) => id !== user.id) : [...before, user],
    );
  }

  return (
    <Page title={t('rooms:new_room')}>
      <form onSubmit={submit} noValidate className="space-y-7">
        <FormError text={failure.general} />
        <TextField
          label={t('rooms:new_title')}
          name="title"
          value={title}
          onValueChange={setTitle}
          placeholder={t('rooms:new_title_placeholder')}
          error={missing ? t('rooms:missing_title') : failure.fields.title}
          maxLength={128}
          autoComplete="off"
          dir="auto"
          autoFocus
        />
        <RadioCards
          label={t('rooms:kind')}
          value={kind}
          onValueChange={setKind}
          choices={[
            { value: 'group', label: t('rooms:kind_group'), hint: t('rooms:kind_group_hint') },
            { value: 'channel', label: t('rooms:kind_channel'), hint: t('rooms:kind_channel_hint') },
          ]}
        />
        <RadioCards
          label={t('rooms:visibility')}
          value={visibility}
          onValueChange={setVisibility}
          choices={[
            {
              value: 'private',
              label: t('rooms:visibility_private'),
              hint: t('rooms:visibility_private_hint'),
            },
            { value: 'public', label: t('rooms:visibility_public'), hint: t('rooms:visibility_public_hint') },
          ]}
        />
        <div>
          <PersonSearch
            typed={typed}
            onTyped={setTyped}
            label={`${t('rooms:first_members')} (${t('optional')})`}
            without={(user) => user.id === me || user.kind === 'bridged'}
            actions={(user) => {
              const chosen = members.some(({ id }) => id === user.id);
              return (
                <Button
                  size="sm"
                  aria-label={`${t('rooms:add')}: ${user.display_name}`}
                  aria-pressed={chosen}
                  icon={
                    chosen ? (
                      <Check className="size-4" aria-hidden="true" />
                    ) : (
                      <UserPlus className="size-4" aria-hidden="true" />
                    )
                  }
                  onClick={() => toggle(user)}
                >
                  {t('rooms:add')}
                </Button>
              );
            }}
          />
          <Chosen members={members} onRemove={toggle} />
        </div>
        <div className="flex justify-end border-line border-t pt-5">
          <Button type="submit" variant="primary" busy={create.isPending}>
            {t('rooms:create')}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function Chosen({ members, onRemove }: { members: readonly User[]; onRemove: (user: User) => void }) {
  const t = useText();
  if (members.length === 0) return null;
  return (
    <ul className="mt-3 flex flex-wrap gap-2">
      {members.map((user) => (
        <li
          key={user.id}
          className="inline-flex max-w-full items-center gap-1.5 rounded-full bg-sunken p-1 pe-1.5"
        >
          <Avatar id={user.id} name={user.display_name} size="sm" />
          <span dir="auto" className="truncate text-[0.8125rem]">
            {user.display_name}
          </span>
          <button
            type="button"
            aria-label={t('rooms:remove_person', { name: user.display_name })}
            onClick={() => onRemove(user)}
            className="flex size-6 shrink-0 items-center justify-center rounded-full text-ink-faint hover:bg-pressed hover:text-ink"
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
