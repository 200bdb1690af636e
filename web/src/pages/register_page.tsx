import { useMutation } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { formFailure } from '#/app/failure_text.ts';
import { Button } from '#/components/button.tsx';
import { TextField } from '#/components/text_field.tsx';
import { useText } from '#/i18n/text.ts';
import { AuthLayout } from './auth/auth_layout.tsx';
import { FormError } from './auth/form_error.tsx';
import { PasswordField } from './auth/password_field.tsx';
import { useCountdown } from './auth/use_countdown.ts';
import { useSessions } from './auth/use_sessions.ts';

const FIELDS = ['display_name', 'username', 'password'] as const;
type Field = (typeof FIELDS)[number];

export function RegisterPage() {
  const t = useText();
  const sessions = useSessions();
  const search = useSearch({ from: '/guest' });
  const [values, setValues] = useState<Record<Field, string>>({
    display_name: '',
    username: '',
    password: '',
  });
  const [missing, setMissing] = useState<Partial<Record<Field, string>>>({});
  const register = useMutation({
    mutationFn: () => {
      const name = values.display_name.trim();
      return sessions.register({
        username: values.username.trim(),
        password: values.password,
        ...(name !== '' && { display_name: name }),
      });
    },
  });
  const failure = formFailure(register.error, FIELDS, t);
  const wait = useCountdown(register.error);

  const field = (name: Field) => ({
    name,
    value: values[name],
    onValueChange: (value: string) => setValues((before) => ({ ...before, [name]: value })),
    error: missing[name] ?? failure.fields[name],
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    const absent = {
      ...(values.username.trim() === '' && { username: t('auth:missing_username') }),
      ...(values.password === '' && { password: t('auth:missing_password') }),
    };
    setMissing(absent);
    const first = FIELDS.find((name) => name in absent);
    if (first) event.currentTarget.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    else register.mutate();
  }

  return (
    <AuthLayout
      title={t('auth:register_title')}
      lead={t('auth:register_lead')}
      other={
        <>
          {t('auth:have_account')}{' '}
          <Link to="/login" search={search} className="font-medium text-accent-ink hover:underline">
            {t('auth:log_in')}
          </Link>
        </>
      }
    >
      <form onSubmit={submit} noValidate className="space-y-4">
        <FormError text={failure.general} seconds={wait} />
        <TextField
          {...field('display_name')}
          label={`${t('auth:display_name')} (${t('optional')})`}
          hint={t('auth:display_name_hint')}
          autoComplete="name"
          dir="auto"
          autoFocus
        />
        <TextField
          {...field('username')}
          label={t('auth:username')}
          hint={t('auth:username_hint')}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
        />
        <PasswordField {...field('password')} hint={t('auth:password_hint')} autoComplete="new-password" />
        <Button
          type="submit"
          variant="primary"
          busy={register.isPending}
          disabled={wait > 0}
          className="mt-2 w-full"
        >
          {t('auth:register')}
        </Button>
      </form>
    </AuthLayout>
  );
}
