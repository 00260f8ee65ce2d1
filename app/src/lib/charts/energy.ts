// Electricity of several devices as one row of bars. Owns the adding up and how its times are written. Pure.

import { timeOfDay } from '../ages';
import { prefs } from '../prefs.svelte';
import type { EnergyRow, Step, Stretch } from './types';

export const STEPS_OF_ENERGY: readonly Step[] = ['hour', 'day', 'month'];
const DAY = 86_400;
/** How far back each looks: a little less than the hub's next beginning, so that no bar more is begun than wanted. */
export const SPANS: Readonly<Record<Step, number>> = { hour: DAY, day: 29 * DAY, month: 335 * DAY };
/** Of a stretch, from which it counts as heard all of the time. */
const SURE = 0.98;

export interface Sum {
  at: number;
  kwh: number | null;
  cost: number | null;
  sure: boolean;
}

/** Null where nothing at all was known. */
export function sumOf(stretches: readonly Stretch[], what: 'kwh' | 'cost' = 'kwh'): number | null {
  return stretches.reduce<number | null>((sum, it) => (it[what] === null ? sum : (sum ?? 0) + it[what]), null);
}

/** One bar a stretch; not sure where one of the devices was not heard all of the time, or its counter fell. The last one
 *  is not over yet, and is as sure as it can be. */
export function barsOf(bounds: readonly number[], rows: readonly EnergyRow[]): Sum[] {
  return bounds.slice(0, -1).map((at, index) => {
    const parts = rows.flatMap((row) => row.stretches[index] ?? []);
    const last = index === bounds.length - 2;
    const sure = parts.every((it) => it.kwh !== null && (last || it.covered >= SURE) && !it.estimated && !it.reset);
    return { at, kwh: sumOf(parts), cost: sumOf(parts, 'cost'), sure };
  });
}

const written = (at: number, how: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(prefs.lang === 'zh' ? 'zh-CN' : 'en-GB', how).format(at * 1000);

export function tickOf(step: Step, at: number): string {
  if (step === 'hour') return timeOfDay(at);
  return written(at, step === 'day' ? { day: 'numeric', month: 'numeric' } : { month: 'short' });
}

export function whenOf(step: Step, at: number): string {
  if (step === 'hour') return `${timeOfDay(at)}–${timeOfDay(at + 3600)}`;
  return written(at, step === 'day' ? { weekday: 'short', day: 'numeric', month: 'short' } : { month: 'long', year: 'numeric' });
}
