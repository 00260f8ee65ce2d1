// The hub's own sentences in the reader's language, by their code: asked for once, when the first one is wanted in another
// language than the hub's English. Owns how they are filled in; what they are is the hub's (GET /api/sentences).

import { ask, sentences, SENTENCES } from './api';
import { name, t } from './i18n/index.svelte';
import { prefs } from './prefs.svelte';

type Figure = string | Says | readonly Figure[];
/** Which sentence it is; a figure may be a sentence itself, or a list of them. */
export interface Says {
  code: string;
  figures: Readonly<Record<string, Figure>>;
}
type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

let words = $state.raw<Words | null>(null);
let asked: Promise<void> | null = null;
/** Deeper in each other than anything the hub says. */
const DEEPEST = 4;

/** For tests, and for who has them already. */
export function putSentences(given: Words | null): void {
  [words, asked] = [given, given && Promise.resolve()];
}

/** Milliseconds: who waits for a refusal sooner reads it in the hub's own language. */
const SOON_MS = 5_000;

function fetchSentences(): Promise<void> {
  // without an answer the next sentence asks again
  asked ??= ask<{ words: Words }>('GET', SENTENCES, undefined, SOON_MS).then((it) => void (words = it.words), () => void (asked = null));
  return asked;
}
sentences.ready = async () => {
  if (prefs.lang !== 'en') await fetchSentences();
};

/** What a body of the hub's has beside its English text, where it is such a sentence. */
export function saysOf(given: unknown): Says | undefined {
  const it = given as { code?: unknown; figures?: unknown } | null | undefined;
  if (typeof it !== 'object' || typeof it?.code !== 'string' || typeof it.figures !== 'object' || it.figures === null) return undefined;
  return it as Says;
}

/** The sentence in the reader's language; `text` where it has no code, or no words for it are there (yet). */
export function saidWords(says: Says | undefined, text: string): string {
  if (!says || prefs.lang === 'en') return text;
  void fetchSentences();
  return (words && filled(says, words, 0)) || text;
}

function filled({ code, figures }: Says, from: Words, depth: number): string {
  const template = from[code]?.[prefs.lang];
  if (!template || depth > DEEPEST) return '';
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const figure = figures[key];
    return figure === undefined ? whole : figured(key, figure, from, depth) ?? whole;
  });
}

function figured(key: string, figure: Figure, from: Words, depth: number): string | null {
  if (typeof figure === 'string') return key === 'who' ? name(figure) : figure;
  if (Array.isArray(figure)) return figure.map((it: Figure) => figured(key, it, from, depth) ?? '').join(t('said.between'));
  const says = saysOf(figure);
  return says ? filled(says, from, depth + 1) : null;
}
