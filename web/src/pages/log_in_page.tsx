import { useMutation } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Clock } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { formFailure } from '#/app/failure_text.ts';
import { username as rememberedUsername } from '#/app/remembered.ts';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import { TextField } from '#/components/text_field.tsx';
import { useText } from '#/i18n/text.ts';
import { AuthLayout } from './auth/auth_layout.tsx';
import { FormError } from './auth/form_error.tsx';
import { PasswordField } from './auth/password_field.tsx';
import { useCountdown } from './auth/use_countdown.ts';
import { useSessions } from './auth/use_sessions.ts';

const FIELDS = ['username', 'password'] as const;

export function LogInPage() {
  const t = useText();
  const sessions = useSessions();
  const search = useSearch({ from: '/guest' });
  const ended = useStore(sessions.store, (session) => session.status === 'signed_out' && session.ended);
  const [remembered] = useState(() => rememberedUsername.get() ?? '');
  const [username, setUsername] = useState(remembered);
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<{ username?: string; password?: string }>({});
  // The page goes when this succeeds: the router hears of the session.
  const logIn = useMutation({ mutationFn: () => sessions.logIn({ username: username.trim(), password }) });
  const failure = formFailure(logIn.error, FIELDS, t);
  const wait = useCountdown(logIn.error);

  function submit(event: FormEvent) {
    event.preventDefault();
    const absent = {
      ...(username.trim() === '' && { username: t('auth:missing_username') }),
      ...(password === '' && { password: t('auth:missing_password') }),
    };
    setMissing(absent);
    const first = FIELDS.find((field) => field in absent);
    if (first) event.currentTarget.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    else logIn.mutate();
  }

  return (
    <AuthLayout
      title={t('auth:log_in_title')}
      lead={t('auth:log_in_lead')}
      other={
        <>
          {t('auth:no_account')}{' '}
          <Link to="/register" search={search} className="font-medium text-accent-ink hover:underline">
            {t('auth:register')}
          </Link>
        </>
      }
    >
      <form onSubmit={submit} noValidate className="space-y-4">
        {ended && (
          <Banner tone="notice" icon={<Clock aria-hidden="true" />} role="status">
            <p className="font-medium">{t('auth:ended_title')}</p>
            <p>{t('auth:ended')}</p>
          </Banner>
        )}
        <FormError text={failure.general} seconds={wait} />
        <TextField
          label={t('auth:username')}
          name="username"
          value={username}
          onValueChange={setUsername}
          error={missing.username ?? failure.fields.username}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          autoFocus={remembered === ''}
        />
        <PasswordField
          name="password"
          value={password}
          onValueChange={setPassword}
          error={missing.password ?? failure.fields.password}
          autoComplete="current-password"
          autoFocus={remembered !== ''}
        />
        <Button
          type="submit"
          variant="primary"
          busy={logIn.isPending}
          disabled={wait > 0}
          className="mt-2 w-full"
        >
          {t('auth:log_in')}
        </Button>
      </form>
    </AuthLayout>
  );
}
