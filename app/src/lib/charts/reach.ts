// How far back a chart looks, and how its time is written. Owns the four reaches and the rows of the table view. Pure.

import { timeOfDay } from '../ages';
import { prefs } from '../prefs.svelte';
import type { Series } from '../series';

export type Reach = 'day' | 'week' | 'month' | 'year';
export const REACHES: readonly Reach[] = ['day', 'week', 'month', 'year'];

const [HOUR, DAY] = [3_600, 86_400];
export const SECONDS: Readonly<Record<Reach, number>> = { day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY };
/** Steps between the labels of time, in seconds. */
export const STEPS: Readonly<Record<Reach, number[]>> = {
  day: [1 / 12, 1 / 6, 0.5, 1, 2, 3, 4, 6, 12].map((it) => it * HOUR),
  week: [1, 2, 4].map((it) => it * DAY),
  month: [2, 5, 10, 15].map((it) => it * DAY),
  year: [30, 60, 90, 180].map((it) => it * DAY),
};

const locale = (): string => (prefs.lang === 'zh' ? 'zh-CN' : 'en-GB');
const written = (at: number, how: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale(), how).format(at * 1000);

/** A label under the chart. */
export function tick(reach: Reach, at: number): string {
  if (reach === 'day') return timeOfDay(at);
  if (reach === 'week') return written(at, { weekday: 'short' });
  return written(at, reach === 'month' ? { day: 'numeric', month: 'numeric' } : { month: 'short' });
}

/** A moment of such a chart, in full. */
export function moment(reach: Reach, at: number): string {
  if (reach === 'day') return timeOfDay(at);
  const day = written(at, { weekday: 'short', day: 'numeric', month: 'short' });
  return reach === 'year' ? day : `${day}, ${timeOfDay(at)}`;
}

export interface TableRow {
  at: number;
  low: number | null;
  mean: number | null;
  high: number | null;
}

/** The beginning of the table's row that a moment lies in: an hour of a day, six of a week, a day of a month, a month of a year. */
function rowOf(reach: Reach, at: number): number {
  const date = new Date(at * 1000);
  if (reach === 'year') return new Date(date.getFullYear(), date.getMonth(), 1).getTime() / 1000;
  const hours = reach === 'day' ? 1 : reach === 'week' ? 6 : 24;
  return new Date(date.getFullYear(), date.getMonth(), date.getDate(), Math.floor(date.getHours() / hours) * hours).getTime() / 1000;
}

/** The same line as rows, newest first; one with nulls is a stretch in which nothing was heard. */
export function table(series: Series, reach: Reach): TableRow[] {
  const rows = new Map<number, TableRow & { count: number }>();
  series[0].forEach((at, index) => {
    const begun = rowOf(reach, at);
    const row = rows.get(begun) ?? { at: begun, low: null, mean: null, high: null, count: 0 };
    rows.set(begun, row);
    const [low, mean, high] = [series[1][index], series[2][index], series[3][index]];
    if (low == null || mean == null || high == null) return;
    row.low = Math.min(row.low ?? low, low);
    row.high = Math.max(row.high ?? high, high);
    row.mean = ((row.mean ?? 0) * row.count + mean) / (row.count + 1);
    row.count += 1;
  });
  return [...rows.values()].map(({ at, low, mean, high }) => ({ at, low, mean, high })).reverse();
}
