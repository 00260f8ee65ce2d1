// A line beside the same line of the day, week, month or year before. Owns how both share one axis of time. Pure.

import type { Series } from '../series';

type Column = (number | null | undefined)[];
/** Time, lowest, mean, highest, and the mean of before. Undefined: nothing stands at this moment, and the line goes on. */
export type Beside = [t: number[], low: Column, mean: Column, high: Column, before: Column];

/** `before` moved by `shift` seconds onto this line's time. Without one: the line by itself. */
export function beside(series: Series, before: Series | null, shift: number): Beside {
  if (!before) return [...series, series[0].map(() => undefined)] as Beside;
  const both: Beside = [[], [], [], [], []];
  let [mine, theirs] = [0, 0];
  for (;;) {
    const [one, two] = [series[0][mine], before[0][theirs]];
    if (one === undefined && two === undefined) return both;
    const other = two === undefined ? Infinity : two + shift;
    const at = Math.min(one ?? Infinity, other);
    both[0].push(at);
    for (const column of [1, 2, 3] as const) both[column].push(one === at ? series[column][mine] : undefined);
    both[4].push(other === at ? before[2][theirs] : undefined);
    if (one === at) mine += 1;
    if (other === at) theirs += 1;
  }
}

/** The value of a line at or just before a moment; null in a gap, and before its first. */
export function valueAt(series: Series, at: number): number | null {
  let found: number | null = null;
  for (const [index, moment] of series[0].entries()) {
    if (moment > at) break;
    found = series[2][index] ?? null;
  }
  return found;
}
