import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '#/components/icon_button.tsx';
import { TextField, type TextFieldProps } from '#/components/text_field.tsx';
import { useText } from '#/i18n/text.ts';

/** A password that can be shown while it is typed. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'after' | 'label'>) {
  const t = useText();
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      label={t('auth:password')}
      type={shown ? 'text' : 'password'}
      after={
        <IconButton
          label={t(shown ? 'auth:hide_password' : 'auth:show_password')}
          icon={shown ? <EyeOff /> : <Eye />}
          onClick={() => setShown(!shown)}
          className="size-8"
        />
      }
    />
  );
}
