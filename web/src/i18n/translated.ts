/**
 * What a translation of a namespace has: all its keys, and for what is counted every plural form that Ukrainian has
 * where English has `one` and `other`.
 */
export type Translated<English> = { readonly [Key in Form<keyof English & string>]: string };

type Form<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other`
  ? `${Base}_${'one' | 'few' | 'many' | 'other'}`
  : Key;
