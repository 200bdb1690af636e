import { HardDrive, LogOut, Monitor, Moon, ShieldCheck, Sun } from 'lucide-react';
import { useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { Page, Section } from '#/app/shell/page.tsx';
import { chooseTheme, type ThemeChoice, themeChoice } from '#/app/theme.ts';
import { longDate } from '#/app/times.ts';
import { Avatar } from '#/components/avatar.tsx';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import { Segmented } from '#/components/segmented.tsx';
import { chooseLanguage, LANGUAGES, type LanguageChoice, languageChoice } from '#/i18n/index.ts';
import { useText } from '#/i18n/text.ts';
import { LogOutDialog } from './profile/log_out_dialog.tsx';
import { NameForm } from './profile/name_form.tsx';

/** Who one is, and how Chappe looks on this device. */
export function ProfilePage() {
  const t = useText();
  const me = useLive((state) => state.me);
  const durable = useLive((state) => state.durability === 'durable');
  const [leaving, setLeaving] = useState(false);
  return (
    <Page title={t('profile:title')}>
      <div className="mb-8 flex items-center gap-4">
        <Avatar id={me.id} name={me.display_name} size="lg" />
        <div className="min-w-0">
          <p dir="auto" className="wrap-anywhere text-parent font-semibold text-lg leading-6">
            {me.display_name}
          </p>
          <p className="wrap-anywhere text-ink-soft">
            <bdi dir="ltr">@{me.username}</bdi>
          </p>
          <p className="mt-0.5 text-[0.8125rem] text-ink-faint">
            {t('profile:joined', { date: longDate(me.created_at) })}
          </p>
        </div>
      </div>
      <Section title={t('profile:you')}>
        <NameForm me={me} />
      </Section>
      <Section title={t('profile:look')}>
        <div className="space-y-5">
          <ThemeSetting />
          <LanguageSetting />
        </div>
      </Section>
      <Section title={t('profile:device')}>
        <Banner
          tone={durable ? 'info' : 'notice'}
          icon={durable ? <ShieldCheck aria-hidden="true" /> : <HardDrive aria-hidden="true" />}
        >
          <p className="font-medium">{t(durable ? 'profile:durable_title' : 'profile:memory_title')}</p>
          <p>{t(durable ? 'profile:durable' : 'profile:memory')}</p>
        </Banner>
        <Button
          className="mt-4"
          icon={<LogOut className="size-4" aria-hidden="true" />}
          onClick={() => setLeaving(true)}
        >
          {t('profile:log_out')}
        </Button>
      </Section>
      <LogOutDialog open={leaving} onOpenChange={setLeaving} />
    </Page>
  );
}

function ThemeSetting() {
  const t = useText();
  const [choice, setChoice] = useState<ThemeChoice>(themeChoice);
  return (
    <Segmented
      label={t('profile:theme')}
      value={choice}
      onValueChange={(next) => {
        setChoice(next);
        chooseTheme(next);
      }}
      choices={[
        { value: 'system', label: t('profile:theme_system'), icon: <Monitor aria-hidden="true" /> },
        { value: 'light', label: t('profile:theme_light'), icon: <Sun aria-hidden="true" /> },
        { value: 'dark', label: t('profile:theme_dark'), icon: <Moon aria-hidden="true" /> },
      ]}
    />
  );
}

function LanguageSetting() {
  const t = useText();
  const [choice, setChoice] = useState<LanguageChoice>(languageChoice);
  return (
    <Segmented
      label={t('language')}
      value={choice}
      onValueChange={(next) => {
        setChoice(next);
        void chooseLanguage(next);
      }}
      choices={[
        { value: 'system', label: t('profile:language_system') },
        { value: 'en', label: LANGUAGES.en },
        { value: 'uk', label: LANGUAGES.uk },
      ]}
    />
  );
}
