// A rule's cards in a person's words. Owns those sentences; asks nobody.

import { saidWords, type Says } from '../said.svelte';
import { app } from '../app.svelte';
import { label, name, t } from '../i18n/index.svelte';
import { humanise } from '../i18n/choices';
import { actionLabel, propertyLabel } from '../labels';
import { prefs } from '../prefs.svelte';
import type { Action, Definition, Labels, Property } from '../types';
import { unitWord, write } from '../units';
import type { Device } from '../home.svelte';
import { plainOf, plainOfTerm, secondsOf, type Plain } from './values';
import { MODES, type Card, type Condition, type Field, type FormValue, type Mode, type RuleWords, type Term } from './types';

export const namesWord = (names: string | Labels, id: string): string => (typeof names === 'string' ? names || humanise(id) : label(names, id));

/** What a rule's owner wrote for people, in one language or in several. */
export const writtenWords = (given: Field | Labels | undefined): string =>
  typeof given !== 'object' || given === null || Array.isArray(given) ? String(given ?? '') : label(given as Labels, '');
/** Where the reader's own words go: beside the other languages' where there are such. */
export const wordsPath = (given: Field | Labels | undefined, path: string[]): string[] =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? [...path, prefs.lang] : path;

export function cut(ref: string): [device: string, path: string] {
  const at = ref.indexOf('.');
  return at < 0 ? [ref, ''] : [ref.slice(0, at), ref.slice(at + 1).replace(/^main\./, '')];
}

export function deviceOf(ref: string): Device | undefined {
  return app.home.devices[cut(ref)[0]];
}

export function propertyOf(ref: string): Property | undefined {
  const [device, path] = cut(ref);
  return app.home.property(device, path);
}

export function actionOf(ref: string): Action | undefined {
  const [, path] = cut(ref);
  return deviceOf(ref)?.actions.find((it) => it.path === path);
}

/** `Air purifier: PM2.5`; what is not in this home stays as it is written. */
export function refWords(ref: string): string {
  const device = deviceOf(ref);
  if (!device) return ref;
  const [, path] = cut(ref);
  const property = device.properties[path];
  const action = property ? undefined : device.actions.find((it) => it.path === path);
  const what = property ? propertyLabel(property) : action ? actionLabel(action) : humanise(path);
  return t('rules.ref', { device: name(device.name), what });
}

const REF = /(?<![\w./-])[a-z0-9][a-z0-9-]*(?:\.[^\W\d]\w*)+/g;

/** The hub's own sentence with the names that people know instead of ids. */
export const readable = (text: string): string => text.replace(REF, (ref) => (deviceOf(ref) ? refWords(ref) : ref));

export const modeWord = (mode: string): string => (MODES.includes(mode as Mode) ? t(`rules.mode.${mode as Mode}`) : mode);

export function durationWords(text: Field | undefined): string {
  const seconds = secondsOf(text);
  if (seconds === null) return String(text ?? '');
  let left = Math.abs(seconds);
  const parts: string[] = [];
  for (const [unit, size] of [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]] as const) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count}\u00a0${unitWord(unit, prefs.lang)}`);
    left -= count * size;
  }
  return parts.join(' ') || `0\u00a0${unitWord('s', prefs.lang)}`;
}

export function plainWords(plain: Plain, def: Definition | undefined): string {
  if (plain.computed) return readable(String(plain.value));
  if (def && plain.unit && plain.unit !== def.unit && typeof plain.value === 'number') return `${plain.value}\u00a0${unitWord(plain.unit, prefs.lang)}`;
  if (!def) return plain.unit ? `${String(plain.value)}\u00a0${unitWord(plain.unit, prefs.lang)}` : typeof plain.value === 'string' ? plain.value : String(plain.value);
  return write(def, plain.value, prefs.lang).whole;
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export function dayName(day: string): string {
  const at = WEEKDAYS.indexOf(day.slice(0, 3).toLowerCase());
  if (day === 'workdays' || day === 'weekend' || day === 'every day') return t(`rules.days.${day}`);
  if (at < 0) return day;
  return new Intl.DateTimeFormat(prefs.lang === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + at));
}

export const listOf = (field: Field | undefined): string[] => (field === undefined || field === null ? [] : Array.isArray(field) ? field.map(String) : [String(field)]);

function valueWords(left: string, value: FormValue | null): string {
  if (value === null) return '';
  if (left === 'mode') return modeWord(value.text);
  if (left === 'weekday') return dayName(value.text);
  if (left === 'sun') return value.text === 'up' || value.text === 'down' ? t(`rules.sun.${value.text}`) : value.text;
  if (value.kind === 'time') return value.text;
  const def = propertyOf(left);
  return plainWords(plainOfTerm(value, def), def);
}

const WORDS = ['time', 'weekday', 'month', 'day', 'mode', 'sun', 'sun_elevation'] as const;
type LeftWord = (typeof WORDS)[number];
export const leftWords = (left: string): string => (WORDS.includes(left as LeftWord) ? t(`rules.left.${left as LeftWord}`) : refWords(left));

export function termWords(term: Term): string {
  if (term.left === '') return readable(term.text);
  const left = leftWords(term.left);
  if (term.op === 'between') return t('rules.term.between', { left, low: valueWords(term.left, term.value), high: valueWords(term.left, term.high) });
  if (term.op === 'in') return t('rules.term.in', { left, values: term.among.map((one) => valueWords(term.left, one)).join(t('rules.or.short')) });
  const ops = { '==': 'is', '!=': 'isnot', '>': 'above', '>=': 'atleast', '<': 'below', '<=': 'atmost' } as const;
  const op = ops[term.op as keyof typeof ops];
  return op ? t(`rules.term.${op}`, { left, value: valueWords(term.left, term.value) }) : readable(term.text);
}

export function conditionWords(condition: Condition | null | undefined): string {
  if (!condition) return '';
  if (condition.terms.length === 0) return readable(condition.text);
  return condition.terms.map(termWords).join(condition.join === 'or' ? t('rules.or') : t('rules.and'));
}

const days = (card: Card): string => {
  const month = (it: string): string => new Intl.DateTimeFormat(prefs.lang === 'zh' ? 'zh-CN' : 'en-GB', { month: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, Number(it) - 1, 1));
  const words = [...listOf(card.fields.months).map(month), ...listOf(card.fields.days).map(dayName), ...listOf(card.fields.dates), ...listOf(card.fields['month days']).map((it) => t('rules.monthday', { day: it }))];
  return words.length ? t('rules.ondays', { days: words.join(t('rules.comma')) }) : '';
};
const lasting = (card: Card): string => (card.fields.for === undefined ? '' : t('rules.lasting', { time: durationWords(card.fields.for) }));
const text = (field: Field | undefined): string => (field === undefined || field === null ? '' : String(field));

export function triggerWords(card: Card, words: RuleWords | null, ruleName: (id: string) => string): string {
  const f = card.fields;
  if (!card.known) return readable(card.text);
  if (card.kind === 'becomes') return t('rules.when.becomes', { what: conditionWords(card.conditions.becomes) }) + lasting(card);
  if (card.kind === 'change') {
    const def = propertyOf(text(f.change));
    const to = f.to === undefined ? '' : t('rules.when.to', { value: plainWords(plainOf(f.to, def), def) });
    return t('rules.when.change', { what: refWords(text(f.change)) }) + to + lasting(card);
  }
  if (card.kind === 'time') return t('rules.when.time', { time: text(f.time) }) + days(card);
  if (card.kind === 'sun') {
    const event = text(f.sun);
    const word = event === 'sunset' || event === 'sunrise' || event === 'dawn' || event === 'dusk' || event === 'noon' ? t(`rules.sun.${event}`) : event;
    const offset = secondsOf(f.offset) ?? 0;
    const base = offset === 0 ? t('rules.when.sun', { event: word })
      : t(offset < 0 ? 'rules.when.sun.before' : 'rules.when.sun.after', { event: word, time: durationWords(f.offset) });
    return base + days(card);
  }
  if (card.kind === 'every') return t('rules.when.every', { time: durationWords(f.every) });
  if (card.kind === 'event') return t('rules.when.event', { what: eventWords(text(f.event), words) });
  if (card.kind === 'mode') return text(f.mode) === 'any' ? t('rules.when.mode.any') : t('rules.when.mode', { mode: modeWord(text(f.mode)) });
  if (card.kind === 'rule') {
    const ended = text(f.ended);
    const end = ended === 'done' || ended === 'failed' || ended === 'stopped' ? ended : 'any';
    return t(`rules.when.rule.${end}`, { rule: name(ruleName(text(f.rule))) });
  }
  return card.kind === 'hub' ? t('rules.when.hub') : readable(card.text);
}

export function eventWords(ref: string, words: RuleWords | null): string {
  const [id, path] = cut(ref);
  const device = app.home.devices[id];
  const row = words?.events.find((it) => it.device === id && it.event === path);
  return t('rules.ref', { device: name(device?.name ?? id), what: row ? label(row.labels, path) : humanise(path) });
}

export function stepWords(card: Card, sceneName: (id: string) => string): string {
  const f = card.fields;
  if (!card.known) return readable(card.text);
  if (card.kind === 'set') {
    const def = propertyOf(text(f.set));
    const plain = plainOf(f.to, def);
    const device = deviceOf(text(f.set));
    if (device && def?.name === 'power' && def.component === 'main' && typeof plain.value === 'boolean') {
      return t(plain.value ? 'device.turn_on' : 'device.turn_off', { name: name(device.name) });
    }
    return t('rules.then.set', { what: refWords(text(f.set)), value: plainWords(plain, def) });
  }
  if (card.kind === 'do') return t('rules.then.do', { what: refWords(text(f.do)) });
  if (card.kind === 'scene') return t('rules.then.scene', { scene: name(sceneName(text(f.scene))) });
  if (card.kind === 'mode') return t('rules.then.mode', { mode: modeWord(text(f.mode)) });
  if (card.kind === 'notify') return t('rules.then.notify', { who: whoWord(text(f.notify)), text: name(readable(writtenWords(f.text))) });
  if (card.kind === 'wait') return t('rules.then.wait', { time: durationWords(f.wait) });
  if (card.kind === 'wait until') {
    const most = f['for at most'] === undefined ? '' : t('rules.then.atmost', { time: durationWords(f['for at most']) });
    return t('rules.then.until', { what: conditionWords(card.conditions['wait until']) }) + most;
  }
  if (card.kind === 'if') return t('rules.then.if', { what: conditionWords(card.conditions.if) });
  if (card.kind === 'choose') return t('rules.then.choose');
  if (card.kind === 'repeat') {
    if (card.conditions.while) return t('rules.then.while', { what: conditionWords(card.conditions.while) });
    return t('rules.then.times', { count: text(f.times) });
  }
  return t('rules.then.stop');
}

export const whoWord = (who: string): string => (who === 'owner' ? t('rules.owner') : who === 'everyone' ? t('rules.everyone') : name(who));

/** What is wrong, in the reader's language. */
export const faultWords = (it: { message: string; says?: Says } | undefined): string => (it ? saidWords(it.says, it.message) : '');
