// Rows of history as columns for a chart. Owns gaps and the growing end of the line; draws nothing. Pure.

import type { History } from './types';

/** Time, lowest, mean, highest; null where nothing was heard. */
export type Series = [t: number[], low: (number | null)[], mean: (number | null)[], high: (number | null)[]];

export function seriesOf({ rows, gaps }: Pick<History, 'rows' | 'gaps'>): Series {
  const series: Series = [[], [], [], []];
  const breaks = [...gaps].sort((one, two) => one[0] - two[0]);
  let next = 0;
  for (const [at, low, mean, high] of [...rows].sort((one, two) => one[0] - two[0])) {
    for (let gap = breaks[next]; gap && gap[0] < at; gap = breaks[++next]) {
      // One empty point inside the gap breaks the line; a gap before the first value needs none.
      if (series[0].length > 0) push(series, Math.min((gap[0] + Math.min(gap[1], at)) / 2, at), null, null, null);
    }
    push(series, at, low, mean, high);
  }
  return series;
}

function push(series: Series, at: number, low: number | null, mean: number | null, high: number | null): void {
  series[0].push(at);
  series[1].push(low);
  series[2].push(mean);
  series[3].push(high);
}

/** The same series with one more value: folded into the last point while that is younger than `step` seconds. */
export function grown(series: Series, at: number, value: number, step: number, from: number): Series {
  const next: Series = [[...series[0]], [...series[1]], [...series[2]], [...series[3]]];
  const last = next[0].length - 1;
  const [lastAt, low, high] = [next[0][last], next[1][last], next[3][last]];
  if (lastAt !== undefined && low != null && high != null && at - lastAt < step) {
    next[1][last] = Math.min(low, value);
    next[2][last] = value;
    next[3][last] = Math.max(high, value);
  } else if (lastAt === undefined || at > lastAt) {
    push(next, at, value, value, value);
  }
  while ((next[0][0] ?? Infinity) < from) for (const column of next) column.shift();
  return next;
}

export interface Extremes {
  low: number;
  high: number;
  last: number;
}

/** Null where no value was heard at all. */
export function extremes(series: Series): Extremes | null {
  const known = (column: (number | null)[]): number[] => column.filter((it) => it !== null);
  const [lows, means, highs] = [known(series[1]), known(series[2]), known(series[3])];
  const last = means.at(-1);
  if (last === undefined) return null;
  return {
    low: lows.reduce((one, two) => Math.min(one, two), Infinity),
    high: highs.reduce((one, two) => Math.max(one, two), -Infinity),
    last,
  };
}
