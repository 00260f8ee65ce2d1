// Months and days of a tariff as this reader writes them. Pure but for the reader's language.

import { prefs } from '../prefs.svelte';

const writing = (how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(prefs.lang === 'zh' ? 'zh-CN' : 'en-GB', { ...how, timeZone: 'UTC' });

/** `Jan`, by 1 to 12. */
export const monthWord = (month: number): string => writing({ month: 'short' }).format(Date.UTC(2024, month - 1, 1));

/** `Jan–Jun, Oct–Dec`. The months are in order. */
export function monthsWords(months: readonly number[], comma: string): string {
  const runs: [first: number, last: number][] = [];
  for (const month of months) {
    const run = runs.at(-1);
    if (run && run[1] === month - 1) run[1] = month;
    else runs.push([month, month]);
  }
  return runs.map(([first, last]) => (first === last ? monthWord(first) : `${monthWord(first)}–${monthWord(last)}`)).join(comma);
}

/** `1 Jan 2026`, of `2026-01-01`. */
export const dayWord = (day: string): string => writing({ dateStyle: 'medium' }).format(Date.parse(day));
