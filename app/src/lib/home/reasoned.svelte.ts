// What comfort wrote into the diary, as a sentence: the hub's own sentences are fetched when the first one is wanted.

import { app } from '../app.svelte';
import { comfortApi } from '../comfort/api';
import { sentenceOf } from '../comfort/sentence';
import type { Reason, Words } from '../comfort/types';
import { humanise } from '../i18n/choices';
import { name, t } from '../i18n/index.svelte';

let words = $state.raw<Words | null>(null);
let asked = false;

function reasonOf(given: unknown): Reason | null {
  const it = given as { code?: unknown; figures?: unknown } | null;
  if (typeof it?.code !== 'string') return null;
  return { code: it.code, figures: (typeof it.figures === 'object' && it.figures !== null ? it.figures : {}) as Reason['figures'] };
}

/** `Comfort, Bedroom: …`; until the sentences are there, and where the hub has none, its code made readable. */
export function reasoned(body: Readonly<Record<string, unknown>>): string {
  if (!asked) {
    asked = true;
    // Without an answer the next entry asks again.
    void comfortApi.words().then((it) => (words = it), () => (asked = false));
  }
  const first = reasonOf(Array.isArray(body.reasons) ? body.reasons[0] : null);
  const text = (first && words ? sentenceOf(first, words) : '') || humanise(first?.code ?? String(body.what ?? ''));
  const room = app.home.rooms.find((it) => it.id === body.about)?.name;
  return room ? t('diary.comfort.in', { room: name(room), text }) : t('diary.comfort.said', { text });
}
