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

/** Sentences of these reasons; until they are there, and where the hub has none, its code made readable. */
export function sentences(reasons: unknown): string[] {
  if (!Array.isArray(reasons) || reasons.length === 0) return [];
  if (!asked) {
    asked = true;
    // Without an answer the next entry asks again.
    void comfortApi.words().then((it) => (words = it), () => (asked = false));
  }
  return reasons.map(reasonOf).filter((it) => it !== null).map((it) => (words ? sentenceOf(it, words) : '') || humanise(it.code));
}

/** Whose sleep a note tells of, by name; empty where it tells of none. */
function sleeper(body: Readonly<Record<string, unknown>>): string {
  const who = Array.isArray(body.reasons) ? reasonOf(body.reasons[0])?.figures.who : undefined;
  return typeof who === 'string' ? who : '';
}

/** `Comfort, Bedroom: …` or `Comfort, Wang Fang: …` of what comfort wrote: its first reason. */
export function reasoned(body: Readonly<Record<string, unknown>>): string {
  const text = sentences(body.reasons)[0] ?? humanise(String(body.what ?? ''));
  const room = app.home.rooms.find((it) => it.id === body.about)?.name ?? app.home.devices[String(body.about)]?.name ?? sleeper(body);
  return room ? t('diary.comfort.in', { room: name(room), text }) : t('diary.comfort.said', { text });
}
