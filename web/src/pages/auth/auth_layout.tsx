import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePageTitle } from '#/app/document_title.ts';
import { Mark } from '#/components/mark.tsx';
import { chooseLanguage, LANGUAGES, type Language } from '#/i18n/index.ts';
import { useText } from '#/i18n/text.ts';

interface AuthLayoutProps {
  title: string;
  lead: string;
  /** To the other page of the two. */
  other: ReactNode;
  children: ReactNode;
}

/** What logging in and registering look like. */
export function AuthLayout({ title, lead, other, children }: AuthLayoutProps) {
  const t = useText();
  usePageTitle(title);
  return (
    <main className="flex min-h-full flex-col bg-surface px-4 py-8 sm:py-12">
      <div className="m-auto w-full max-w-[25rem]">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <Mark className="size-8 text-accent" />
          <span className="font-semibold text-xl tracking-tight">{t('app_name')}</span>
        </div>
        <div className="rounded-2xl border border-line bg-canvas px-5 py-7 sm:px-8">
          <h1 className="text-balance font-semibold text-lg">{title}</h1>
          <p className="mt-1 mb-6 text-ink-soft">{lead}</p>
          {children}
        </div>
        <p className="mt-5 text-center text-ink-soft">{other}</p>
      </div>
      <LanguageLinks />
    </main>
  );
}

function LanguageLinks() {
  const t = useText();
  const { i18n } = useTranslation();
  return (
    <fieldset aria-label={t('language')} className="mt-8 flex justify-center gap-1 text-[0.8125rem]">
      {(Object.keys(LANGUAGES) as Language[]).map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={i18n.language === language}
          onClick={() => chooseLanguage(language)}
          className="min-h-9 rounded-lg px-3 text-ink-faint hover:text-ink aria-pressed:font-medium aria-pressed:text-ink"
        >
          {LANGUAGES[language]}
        </button>
      ))}
    </fieldset>
  );
}
