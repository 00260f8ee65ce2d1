// A reason of comfort as a sentence: the hub's template of its code, filled in for this reader. Pure.

import { moment } from '../ages';
import { name } from '../i18n/index.svelte';
import { prefs, type Lang } from '../prefs.svelte';
import type { Reason, Words } from './types';

/** Figures that are moments, in epoch seconds. */
const MOMENTS = new Set(['at', 'until', 'since']);
const CLASSES: Readonly<Record<string, Record<Lang, string>>> = {
  workday: { en: 'workdays', zh: '工作日' },
  weekend: { en: 'weekends', zh: '周末' },
};

/** The sentence, in °F where the reader wants it; "" for a code that this hub's words do not have. `said`: when it was said (epoch
    seconds); a time of another day than that has its day beside it. */
export function sentenceOf(reason: Reason, words: Words, said: number = Date.now() / 1000): string {
  const template = words[reason.code]?.[prefs.lang] ?? words[reason.code]?.en ?? '';
  const fahrenheit = prefs.degrees === 'F';
  const filled = template.replace(/\{(\w+)\}( °C)?/g, (whole, key: string, unit: string | undefined) => {
    const value = reason.figures[key];
    if (value === undefined) return whole;
    if (typeof value === 'string') return (CLASSES[value]?.[prefs.lang] ?? name(value)) + (unit ?? '');
    if (MOMENTS.has(key)) return moment(value, said) + (unit ?? '');
    if (unit && fahrenheit) return `${Math.round(value * 1.8 + 32)} °F`;
    return `${value}${unit ?? ''}`;
  });
  return filled;
}

/** `07:30` of a minute of the day. */
export function clock(minute: number): string {
  const whole = ((Math.round(minute) % 1440) + 1440) % 1440;
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/** The minute of the day of `07:30`; null for what is no time. */
export function minuteOf(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}
