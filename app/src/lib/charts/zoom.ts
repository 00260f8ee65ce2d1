// The stretch of time that a chart shows, nearer or farther, earlier or later. Owns the bounds of it. Pure; epoch seconds.

import type { Reach } from './reach';

export type View = readonly [from: number, to: number];

/** Nothing is looked at closer than ten minutes: values come every few seconds, and a finger is not finer. */
export const CLOSEST = 600;
/** How much one step of a button or key moves: half of it nearer, a third of it aside. */
const [NEARER, ASIDE] = [0.5, 1 / 3];

/** The view within what can be shown: no wider than `widest`, no closer than CLOSEST, never beyond `now`. */
export function within([from, to]: View, widest: number, now: number): View {
  const span = Math.min(widest, Math.max(CLOSEST, to - from));
  const middle = (from + to) / 2;
  const end = Math.min(now, middle + span / 2);
  return [end - span, end];
}

/** A step nearer (1) or farther (-1), around the middle; null where that is the whole of it again. */
export function stepped(view: View, direction: 1 | -1, widest: number, now: number): View | null {
  const span = (view[1] - view[0]) * (direction > 0 ? NEARER : 1 / NEARER);
  if (span >= widest && view[1] >= now - widest * 0.01) return null;
  const middle = (view[0] + view[1]) / 2;
  return within([middle - span / 2, middle + span / 2], widest, now);
}

/** A step earlier (-1) or later (1). */
export function moved(view: View, direction: 1 | -1, widest: number, now: number): View {
  const by = (view[1] - view[0]) * ASIDE * direction;
  return within([view[0] + by, view[1] + by], widest, now);
}

/** The view in which what two fingers lay on stays under them: `places` are theirs along the chart, 0 to 1. */
export function pinched(values: View, places: readonly [number, number]): View | null {
  const [one, two] = places;
  if (Math.abs(two - one) < 0.02) return null;
  const span = (values[1] - values[0]) / (two - one);
  if (!(span > 0)) return null;
  return [values[0] - one * span, values[0] + (1 - one) * span];
}

/** As what such a stretch is written: hours of a day, days of a week … */
export function kindOf([from, to]: View): Reach {
  const days = (to - from) / 86_400;
  return days <= 1.6 ? 'day' : days <= 10 ? 'week' : days <= 62 ? 'month' : 'year';
}
