import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { en } from './en.ts';

type Namespace = keyof typeof en;
type Namespaces = readonly ['common', ...Namespace[]];

/** Says a text: `text('close')` of the common ones, `text('auth:log_in')` of a namespace. */
export type Text = TFunction<Namespaces>;

const NAMESPACES: Namespaces = ['common', ...(Object.keys(en) as Namespace[])];

/** The texts in the language of the page; what uses it renders anew when that changes. */
export function useText(): Text {
  return useTranslation(NAMESPACES).t;
}
