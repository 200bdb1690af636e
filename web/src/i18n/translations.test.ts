import { expect, it } from 'vitest';
import { en } from './en.ts';
import { isolated, preferred } from './index.ts';
import { uk } from './uk.ts';

const texts = (language: object) =>
  Object.entries(language).flatMap(([namespace, entries]) =>
    Object.entries(entries as Record<string, string>).map(
      ([key, text]) => [`${namespace}:${key}`, text] as const,
    ),
  );
const base = (key: string) => key.replace(/_(one|few|many|other)$/, '');
const placeholders = (text: string) =>
  [...text.matchAll(/{{\s*(\w+)|<(\w+)\/>/g)].map((match) => match[1] ?? match[2]).sort();

it('fills in the same things in both languages', () => {
  const english = new Map(texts(en).map(([key, text]) => [base(key), placeholders(text)]));
  for (const [key, text] of texts(uk))
    expect([key, placeholders(text)]).toEqual([key, english.get(base(key))]);
});

it('has nothing in Ukrainian that English has not', () => {
  const english = new Set(texts(en).map(([key]) => base(key)));
  for (const [key] of texts(uk)) expect(english).toContain(base(key));
});

it('takes the first language of the browser that it speaks', () => {
  expect(preferred(['de-AT', 'uk-UA', 'en'])).toBe('uk');
  expect(preferred(['fr'])).toBe('en');
  expect(preferred(['toString'])).toBe('en');
});

it('keeps a name of the other direction, or one that turns texts around, to its own place', () => {
  expect(isolated('Ada')).toBe('Ada');
  expect(isolated('ليلى')).toBe('\u2068ليلى\u2069');
  expect(isolated('\u202eadA <b>')).toBe('adA <b>');
});
