// Words in the person's language. Owns the choice between dictionaries, their coming (one is fetched, the other when it is
// wanted), and the filling in of names and numbers.

import { prefs, type Lang } from '../prefs.svelte';
import type { Labels } from '../types';
import { humanise } from './choices';
import type { Key, Words } from './en';

export type { Key } from './en';

type Book = Readonly<Partial<Record<Key, string>>>;

/** Each language is two files: what the first screen says, and the pages that come later. */
const first: Record<Lang, () => Promise<Book>> = {
  en: () => import('./en').then((it) => it.en),
  zh: () => import('./zh').then((it) => it.zh),
};
const later: Record<Lang, () => Promise<Book>> = {
  en: () => import('./en.later').then((it) => it.en),
  zh: () => import('./zh.later').then((it) => it.zh),
};
let books = $state.raw<Partial<Record<Lang, Book>>>({});
const whole = new Set<Lang>();

/** Fetches what the first screen says. */
export async function fetchFirstWords(language: Lang): Promise<void> {
  if (books[language]) return;
  const book = await first[language]();
  if (!books[language]) books = { ...books, [language]: book };
}

/** Fetches a language's whole book; the words change when all of it is there. */
export async function fetchWords(language: Lang): Promise<void> {
  if (whole.has(language)) return;
  const parts = await Promise.all([first[language](), later[language]()]);
  if (whole.has(language)) return;
  whole.add(language);
  books = { ...books, [language]: { ...parts[0], ...parts[1] } };
}

/** From now on the book follows the person's choice. */
export function followLanguage(): void {
  $effect.root(() => {
    // One that cannot be fetched (no network) leaves the language that is there.
    $effect(() => void fetchWords(prefs.lang).catch(() => undefined));
  });
}

type Named<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never;
/** What a sentence wants filled in: exactly the names in its braces. */
export type Filling<K extends Key> = [Named<Words[K]>] extends [never]
  ? []
  : [filling: Record<Named<Words[K]>, string | number>];

/** The sentences that want nothing filled in. */
export type PlainKey = { [K in Key]: Filling<K> extends [] ? K : never }[Key];

export function t<K extends Key>(key: K, ...[filling]: Filling<K>): string {
  const book = books[prefs.lang] ?? books.en ?? books.zh;
  // Until the later pages' words are there, such a word is missing for a moment; a key is no word for a person.
  return fill(book?.[key] ?? '', filling as Record<string, string | number> | undefined);
}

export function fill(sentence: string, filling?: Record<string, string | number>): string {
  if (!filling) return sentence;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(filling[name] ?? whole));
}

/** The hub's reasons begin in lower case where they follow a colon in its own doors; alone they are sentences. */
export function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** A label that came with the home: in the person's language, else English, else the name made readable. */
export function label(labels: Labels | undefined, name: string): string {
  return labels?.[prefs.lang] || labels?.en || humanise(name);
}

/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, by number: in source code they would be invisible. */
const [ISOLATE, RELEASE] = [String.fromCharCode(0x2068), String.fromCharCode(0x2069)];

/** A name somebody chose, set apart so that its writing direction cannot turn the sentence around it. */
export function name(text: string): string {
  return ISOLATE + text + RELEASE;
}
