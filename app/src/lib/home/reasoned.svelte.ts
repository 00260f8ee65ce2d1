// What comfort wrote into the diary, as a sentence: the hub's own sentences are fetched when the first one is wanted.

import { app } from '../app.svelte';
import { comfortApi } from '../comfort/api';
import { sentenceOf } from '../comfort/sentence';
import type { Reason, Words } from '../comfort/types';
import { humanise } from '../i18n/choices';
import { name, t } from '../i18n/index.svelte';
import { prefs } from '../prefs.svelte';

let words = $state.raw<Words | null>(null);
let asked = false;

function reasonOf(given: unknown): Reason | null {
  const it = given as { code?: unknown; figures?: unknown } | null;
  if (typeof it?.code !== 'string') return null;
  return { code: it.code, figures: (typeof it.figures === 'object' && it.figures !== null ? it.figures : {}) as Reason['figures'] };
}

/** Sentences of these reasons; until they are there, and where the hub has none, its code made readable. `said`: epoch seconds. */
export function sentences(reasons: unknown, said?: number): string[] {
  if (!Array.isArray(reasons) || reasons.length === 0) return [];
  if (!asked) {
    asked = true;
    // Without an answer the next entry asks again.
    void comfortApi.words().then((it) => (words = it), () => (asked = false));
  }
  return reasons.map(reasonOf).filter((it) => it !== null).map((it) => (words ? sentenceOf(it, words, said) : '') || humanise(it.code));
}

/** Whose sleep a note tells of, by name; empty where it tells of none. */
function sleeper(first: Reason | null): string {
  const who = first?.code.startsWith('sleep.') ? first.figures.who : undefined;
  return typeof who === 'string' ? who : '';
}

/** What a line of the diary tells: the first reason, and why the setting is another than it names. */
const mainly = (reasons: unknown): unknown[] =>
  Array.isArray(reasons) ? reasons.filter((it, index) => index === 0 || reasonOf(it)?.code.startsWith('set_')) : [];

/** `Comfort, Bedroom: …` or `Comfort, Wang Fang: …` of what comfort wrote: its first reason. Who sleeps and wakes is a person. */
export function reasoned(body: Readonly<Record<string, unknown>>, said?: number): string {
  const told = mainly(body.reasons);
  const text = sentences(told, said).join(prefs.lang === 'zh' ? '' : ' ') || humanise(String(body.what ?? ''));
  const about = sleeper(reasonOf(told[0])) || (app.home.rooms.find((it) => it.id === body.about)?.name ?? app.home.devices[String(body.about)]?.name);
  return about ? t('diary.comfort.in', { room: name(about), text }) : t('diary.comfort.said', { text });
}
