// How old something is, and when it was, in few letters. Pure: now is an argument.

import { t } from './i18n/index.svelte';
import { prefs } from './prefs.svelte';

/** Values arrive every few seconds: younger than this there is nothing to say. */
const FRESH_S = 5;

/** `now`, `12 s`, `3 min`, `2 h`, `5 d`; a time in the future (a clock was set back) is now. */
export function age(at: number | null, now: number): string {
  if (at === null || at <= 0) return t('age.never');
  const seconds = now - at;
  if (seconds < FRESH_S) return t('age.now');
  if (seconds < 60) return t('age.seconds', { count: Math.floor(seconds) });
  if (seconds < 3600) return t('age.minutes', { count: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t('age.hours', { count: Math.floor(seconds / 3600) });
  return t('age.days', { count: Math.floor(seconds / 86_400) });
}

/** For a sentence such as `last heard … ago`, where `now` would not fit. */
export function span(at: number | null, now: number): string {
  if (at === null || at <= 0) return t('age.never');
  const seconds = Math.max(1, Math.floor(now - at));
  return seconds < 60 ? t('age.seconds', { count: seconds }) : age(at, now);
}

const locale = (): string => (prefs.lang === 'zh' ? 'zh-CN' : 'en-GB');

const two = (count: number): string => String(count).padStart(2, '0');

/** Local time of day, 24 hours: the same letters in both languages. (The browser's own `Intl` takes a phone long to make.) */
export function timeOfDay(at: number): string {
  const moment = new Date(at * 1000);
  return `${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

const midnight = (at: number): number => new Date(at * 1000).setHours(0, 0, 0, 0);

/** `18:00` of the day of `now`, `tomorrow 18:00`, `yesterday 18:00`, and further away with the date. */
export function moment(at: number, now: number): string {
  const time = timeOfDay(at);
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000); // a day has 23 to 25 hours
  if (days === 0) return time;
  if (days === 1) return t('moment.tomorrow', { time });
  if (days === -1) return t('moment.yesterday', { time });
  return t('moment.day', { day: new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(at * 1000), time });
}

/** `Today`, `Yesterday`, or the date. */
export function dayWord(at: number, now: number): string {
  const day = (seconds: number): string => new Date(seconds * 1000).toDateString();
  if (day(at) === day(now)) return t('diary.today');
  if (day(at) === day(now - 86_400)) return t('diary.yesterday');
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long' }).format(at * 1000);
}
