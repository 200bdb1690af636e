/** The language of the page: the chosen one, else the browser's. English is always there, others come when needed. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { inOrder } from '#/conversation/markdown/bidi.ts';
import { en } from './en.ts';

export const LANGUAGES = { en: 'English', uk: 'Українська' } as const;
export type Language = keyof typeof LANGUAGES;

/** `system`: what the browser prefers. */
export type LanguageChoice = Language | 'system';

const KEY = 'chappe.language';

/** Readies the texts. The promise resolves when the language is there; a failed fetch leaves English. */
export async function startTranslation(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    supportedLngs: Object.keys(LANGUAGES),
    defaultNS: 'common',
    ns: Object.keys(en),
    resources: { en },
    // React makes markup harmless; what is to be tamed in a name is its direction.
    interpolation: { escape: isolated },
    react: { useSuspense: false },
  });
  i18next.on('languageChanged', describeDocument);
  await show(languageChoice());
}

/** What the person chose on this device. */
export function languageChoice(): LanguageChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept !== null && kept in LANGUAGES ? (kept as Language) : 'system';
  } catch {
    return 'system';
  }
}

export async function chooseLanguage(choice: LanguageChoice): Promise<void> {
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Storage is forbidden: the choice holds until the page goes.
  }
  await show(choice);
}

async function show(choice: LanguageChoice): Promise<void> {
  const language = choice === 'system' ? preferred(navigator.languages) : choice;
  try {
    if (language === 'uk' && !i18next.hasResourceBundle('uk', 'common')) {
      const { uk } = await import('./uk.ts');
      for (const [namespace, texts] of Object.entries(uk)) i18next.addResourceBundle('uk', namespace, texts);
    }
    await i18next.changeLanguage(language);
  } catch {
    await i18next.changeLanguage('en');
  }
  describeDocument();
}

/** The first language of a list of preferences that there is a translation for. */
export function preferred(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (language in LANGUAGES) return language as Language;
  }
  return 'en';
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name inside a sentence: of either direction, it leaves the words around it where they are. */
export function isolated(text: string): string {
  const plain = inOrder(text);
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** For `Intl`: the language of the page, with the region that the browser prefers for it. */
export function locale(): string {
  const { language } = i18next;
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
}

function describeDocument(): void {
  document.documentElement.lang = i18next.language;
  document.documentElement.dir = i18next.dir();
}
