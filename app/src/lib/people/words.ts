// A date of a key in few letters. Pure but for the language and the year it is.

import { app } from '../app.svelte';
import { prefs } from '../prefs.svelte';

/** `Sun, 29 Nov, 20:00`; with its year where that is not this one. */
export function dateWord(at: number): string {
  const locale = prefs.lang === 'zh' ? 'zh-CN' : 'en-GB';
  const year = new Date(at * 1000).getFullYear() === new Date(app.now * 1000).getFullYear() ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { ...year, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at * 1000);
}

/** The days of the week in short, Monday first. */
export function dayWords(): string[] {
  const write = new Intl.DateTimeFormat(prefs.lang === 'zh' ? 'zh-CN' : 'en-GB', { weekday: prefs.lang === 'zh' ? 'narrow' : 'short', timeZone: 'UTC' });
  // the first of January 2024 was a Monday
  return Array.from({ length: 7 }, (_, day) => write.format(Date.UTC(2024, 0, 1 + day)));
}
