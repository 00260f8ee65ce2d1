// The hub's sentences about orders and causes in the reader's language. Owns the few forms they have; what is none of
// them stays as the hub said it, with names in the place of ids.

import { name, t } from '../i18n/index.svelte';
import { whoWord as doerWord } from '../telling';
import type { Effect, Replay, WhyLink } from './types';
import { plainOf } from './values';
import { modeWord, plainWords, propertyOf, readable, refWords, whoWord } from './words';

function valueWords(ref: string, value: string): string {
  const def = propertyOf(ref);
  return plainWords(plainOf(value, def), def);
}

/** `set ac.power to on`, `do ac.toggle`, `mode night`, `notify owner: text`. */
export function orderWords(text: string): string {
  let found = /^set (\S+) to (.+)$/s.exec(text);
  if (found?.[1] && found[2] !== undefined) return t('rules.then.set', { what: refWords(found[1]), value: valueWords(found[1], found[2]) });
  found = /^do (\S+)/.exec(text);
  if (found?.[1]) return t('rules.then.do', { what: refWords(found[1]) });
  found = /^(?:set )?mode (?:to )?(\w+)$/.exec(text);
  if (found?.[1]) return t('rules.then.mode', { mode: modeWord(found[1]) });
  found = /^notify ([^:]+): (.*)$/s.exec(text);
  if (found?.[1] && found[2] !== undefined) return t('rules.then.notify', { who: whoWord(found[1]), text: name(found[2]) });
  return text === 'ran' ? t('rules.replay.ran') : readable(text);
}

const NOTIFY = /^notify ([^:]+): /;
/** Whom an order tells something; empty for one that a device is to obey. */
export const tellsWhom = (text: string): string => NOTIFY.exec(text)?.[1] ?? '';

export const timesWords = (count: number): string => (count === 1 ? t('rules.replay.time.one') : t('rules.replay.time.many', { count }));

/** How often it would have run, and what it would have sent; a word to somebody is no command. */
export function replayWords({ runs, orders }: Pick<Replay, 'runs' | 'orders'>, days: number): string {
  const told = orders.filter((it) => tellsWhom(it.text) !== '').length;
  const sent = orders.length - told;
  const filling = {
    days: days === 1 ? t('rules.replay.day.one') : t('rules.replay.day.many', { count: days }),
    runs: timesWords(runs.length),
    orders: sent === 1 ? t('rules.replay.order.one') : t('rules.replay.order.many', { count: sent }),
  };
  return told > 0 ? t('rules.replay.summary.told', { ...filling, told: timesWords(told) }) : t('rules.replay.summary', filling);
}

/** What became of an order of the replay. */
export function effectWords(text: string, effect: Effect | ''): string {
  if (effect === '') return '';
  if (effect === 'happened') return t('rules.replay.happened');
  const whom = tellsWhom(text);
  if (whom) return t('rules.replay.tell', { who: whoWord(whom) });
  return t(effect === 'simulated' ? 'rules.replay.simulated' : 'rules.replay.notmodelled');
}

/** A link of a chain of causes; who it was is told as the diary tells it. */
export function linkWords({ text, by, source }: Pick<WhyLink, 'text' | 'by' | 'source'>, ruleName: (id: string) => string): string {
  const doer = (it: string): string => (it === source ? doerWord({ kind: by, source: by === 'rule' ? ruleName(source) : source }) : name(it));
  let found = /^(\S+\.\S+) became (.+?)( \(\w+\))?$/s.exec(text);
  if (found?.[1] && found[2] !== undefined) return t('rules.why.became', { what: refWords(found[1]), value: valueWords(found[1], found[2]) });
  found = /^(.*) set (\S+\.\S+) to (.+)$/s.exec(text);
  if (found?.[1] !== undefined && found[2] && found[3] !== undefined) return t('rules.why.set', { who: doer(found[1]), what: refWords(found[2]), value: valueWords(found[2], found[3]) });
  found = /^(.*) did (\S+\.\S+)$/s.exec(text);
  if (found?.[1] !== undefined && found[2]) return t('rules.why.did', { who: doer(found[1]), what: refWords(found[2]) });
  found = /^the home's mode became (\w+)$/.exec(text);
  if (found?.[1]) return t('rules.why.mode', { mode: modeWord(found[1]) });
  found = /^(\S+\.\S+) happened$/.exec(text);
  if (found?.[1]) return t('rules.why.happened', { what: refWords(found[1]) });
  found = /^(?:the rule )?([a-z0-9-]+) ran(?::.*)?$/s.exec(text);
  if (found?.[1]) return t('rules.why.ran', { rule: name(ruleName(found[1])) });
  return readable(text);
}
