import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { formFailure } from '#/app/failure_text.ts';
import { Button } from '#/components/button.tsx';
import { TextField } from '#/components/text_field.tsx';
import { toast } from '#/components/toast.tsx';
import { updateMe } from '#/core/generated/rest/index.ts';
import type { User } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { FormError } from '../auth/form_error.tsx';

export function NameForm({ me }: { me: User }) {
  const t = useText();
  const client = useClient();
  const [name, setName] = useState(me.display_name);
  const [missing, setMissing] = useState(false);
  const save = useMutation({
    mutationFn: () => updateMe({ client: client.api, body: { display_name: name.trim() } }),
    onSuccess: (user) => {
      client.updateMe(user);
      setName(user.display_name);
      toast(t('profile:name_saved'));
    },
  });
  const failure = formFailure(save.error, ['display_name'], t);

  function submit(event: FormEvent) {
    event.preventDefault();
    setMissing(name.trim() === '');
    if (name.trim() !== '') save.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <FormError text={failure.general} />
      <TextField
        label={t('profile:display_name')}
        hint={t('profile:display_name_hint')}
        name="display_name"
        value={name}
        onValueChange={setName}
        error={missing ? t('profile:missing_display_name') : failure.fields.display_name}
        maxLength={64}
        autoComplete="name"
        dir="auto"
      />
      <TextField
        label={t('profile:username')}
        hint={t('profile:username_hint')}
        value={me.username}
        onValueChange={() => {}}
        readOnly
        className="[&_input]:bg-sunken"
      />
      <div className="flex justify-end">
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={name.trim() === me.display_name}
        >
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
