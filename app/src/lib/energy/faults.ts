// What is wrong with a tariff that a person writes, and in which field: the hub's own checks (comfort/tariff.py), told before it
// has to refuse. Owns the places' names; the words are in i18n/words/energy. Pure.

import { numberOf, type Draft, type Hour } from './draft';

export type Fault = 'name' | 'currency' | 'since' | 'limit' | 'rise' | 'months' | 'hour' | 'twice' | 'price' | 'dear' | 'many';
/** By field: `name`, `limit.1`, `season.0.months`, `season.0.weekend.2.from`, `season.1.hours.0.price.1` and `windows`. */
export type Faults = Readonly<Record<string, Fault>>;

/** Of a kWh in any currency: more is a slip of the finger. */
const DEAREST = 10_000;
/** kWh of a step. */
const [LEAST, LARGEST] = [1, 1_000_000];
/** Prices by hours, of all months and kinds of day together. */
export const MOST_WINDOWS = 24;
/** Ends of steps: the hub knows six steps. */
export const MOST_LIMITS = 5;
export const MOST_HOURS = 12;
export const MOST_SEASONS = 6;

export function faultsOf(draft: Draft): Faults {
  const found: Record<string, Fault> = {};
  if (!draft.name.trim()) found.name = 'name';
  if (!/^[A-Za-z]{3}$/.test(draft.currency.trim())) found.currency = 'currency';
  if (!/^\d{4}-\d\d-\d\d$/.test(draft.since)) found.since = 'since';
  let before = 0;
  for (const [at, text] of (draft.steps?.limits ?? []).entries()) {
    const limit = numberOf(text);
    if (!(limit >= LEAST && limit <= LARGEST)) found[`limit.${at}`] = 'limit';
    else if (limit <= before) found[`limit.${at}`] = 'rise';
    else before = limit;
  }
  for (const [at, season] of draft.seasons.entries()) {
    if (season.months.length === 0) found[`season.${at}.months`] = 'months';
    look(season.hours, `season.${at}.hours`, found);
    if (season.weekend) look(season.weekend, `season.${at}.weekend`, found);
  }
  const windows = draft.seasons.reduce((sum, it) => sum + it.hours.length + (it.weekend?.length ?? 0), 0);
  if (windows > MOST_WINDOWS) found.windows = 'many';
  return found;
}

function look(hours: readonly Hour[], where: string, found: Record<string, Fault>): void {
  const begun = new Set<string>();
  for (const [at, hour] of hours.entries()) {
    if (!/^\d\d:\d\d$/.test(hour.from)) found[`${where}.${at}.from`] = 'hour';
    else if (begun.has(hour.from)) found[`${where}.${at}.from`] = 'twice';
    begun.add(hour.from);
    for (const [step, text] of hour.prices.entries()) {
      const price = numberOf(text);
      if (Number.isNaN(price)) found[`${where}.${at}.price.${step}`] = 'price';
      else if (price > DEAREST) found[`${where}.${at}.price.${step}`] = 'dear';
    }
  }
}
