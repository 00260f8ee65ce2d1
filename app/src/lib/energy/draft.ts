// A tariff that a person writes: prices from hours of the day on, others at weekends or in some months, and steps by what was
// used. Owns the way between this form and the hub's pieces; what is wrong with it, `faults.ts` says. Pure.

import type { DayKind, Piece, Tariff, Window } from './types';

export interface Hour {
  from: string;
  /** As typed; one for each step, the first for all where there are none. */
  prices: string[];
}
export interface Season {
  /** 1 to 12. A month is in one season. */
  months: number[];
  hours: Hour[];
  /** Null: as on workdays. */
  weekend: Hour[] | null;
}
export interface Steps {
  per: 'month' | 'year';
  /** kWh at which the next step begins, as typed. */
  limits: string[];
}
export interface Draft {
  name: string;
  currency: string;
  since: string;
  /** The first is the rest of the year. */
  seasons: Season[];
  steps: Steps | null;
}

export const MONTHS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const BOTH: readonly DayKind[] = ['workday', 'weekend'];

/** A comma is a point, as many write it; NaN for what is no number of a bill. */
export function numberOf(text: string): number {
  const plain = text.trim().replace(',', '.');
  return /^\d{1,7}(\.\d*)?$/.test(plain) ? Number(plain) : Number.NaN;
}

/** A number as a person types it; what JavaScript writes with an exponent too. */
export function typed(value: number | undefined): string {
  if (value === undefined) return '';
  const plain = String(value);
  return plain.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : plain;
}

export const stepCount = (draft: Draft): number => (draft.steps ? draft.steps.limits.length + 1 : 1);

export const newHour = (from: string, steps: number): Hour => ({ from, prices: Array.from({ length: steps }, () => '') });

const lists = (draft: Draft): Hour[][] => draft.seasons.flatMap((it) => [it.hours, ...(it.weekend ? [it.weekend] : [])]);

/** Other steps, and in every line as many prices. A step that goes takes its own prices with it: that of `gone`, the last where none is said. */
export function setSteps(draft: Draft, steps: Steps | null, gone?: number): void {
  draft.steps = steps;
  const count = stepCount(draft);
  for (const hour of lists(draft).flat()) {
    while (hour.prices.length > count) hour.prices.splice(gone ?? -1, 1);
    while (hour.prices.length < count) hour.prices.push('');
  }
}

/** This month goes into this season, or out of it into the rest of the year. */
export function moveMonth(draft: Draft, month: number, season: number): void {
  const rest = draft.seasons[season]?.months.includes(month) ? 0 : season;
  for (const [at, it] of draft.seasons.entries()) {
    const others = it.months.filter((one) => one !== month);
    it.months = at === rest ? [...others, month].sort((one, two) => one - two) : others;
  }
}

/** A season goes, and its months to the rest of the year. */
export function dropSeason(draft: Draft, season: number): void {
  const [gone] = draft.seasons.splice(season, 1);
  const rest = draft.seasons[0];
  if (rest && gone) rest.months = [...rest.months, ...gone.months].sort((one, two) => one - two);
}

function windows(hours: readonly Hour[], days: readonly DayKind[], months: readonly number[]): Window[] {
  const sorted = [...hours].sort((one, two) => one.from.localeCompare(two.from));
  return sorted.map((it, index) => {
    const next = sorted[(index + 1) % sorted.length] ?? it;
    return { from: it.from, to: next.from, prices: it.prices.map(numberOf), days: [...days], months: [...months] };
  });
}

/** The new piece behind those of `earlier` that began before it: what was paid then stays what it was. */
export function piecesOf(draft: Draft, earlier: readonly Piece[] = []): Piece[] {
  const list = draft.seasons.flatMap(({ hours, weekend, months }) =>
    weekend === null ? windows(hours, BOTH, months) : [...windows(hours, ['workday'], months), ...windows(weekend, ['weekend'], months)],
  );
  const tiers = draft.steps ? { tiers: { per: draft.steps.per, limits: draft.steps.limits.map(numberOf) } } : {};
  return [...earlier.filter((it) => it.since < draft.since), { since: draft.since, ...tiers, windows: list }];
}

/** The days from which the tariff's prices hold that are not in the form, once it holds from `since`: those that stay, and those that go. */
export function otherPieces(tariff: Tariff | undefined, since: string): { stay: string[]; go: string[] } {
  const all = (tariff?.pieces ?? []).map((it) => it.since);
  return { stay: all.filter((it) => it < since), go: all.slice(0, -1).filter((it) => it >= since) };
}

/** The form of a tariff's newest prices: the hub checked that each minute has one price, and so each month is a list of hours. */
export function draftOf(tariff: Tariff, name: string): Draft | null {
  const piece = tariff.pieces.at(-1);
  if (!piece) return null;
  const of = (kind: DayKind, month: number): Hour[] =>
    piece.windows
      .filter((it) => it.days.includes(kind) && it.months.includes(month))
      .map((it) => ({ from: it.from, prices: it.prices.map(typed) }))
      .sort((one, two) => one.from.localeCompare(two.from));
  const found = new Map<string, Season>();
  for (const month of MONTHS) {
    const [hours, weekend] = [of('workday', month), of('weekend', month)];
    const same = JSON.stringify([hours, weekend]);
    const season = found.get(same) ?? { months: [], hours, weekend: JSON.stringify(hours) === JSON.stringify(weekend) ? null : weekend };
    season.months.push(month);
    found.set(same, season);
  }
  const steps = piece.tiers ? { per: piece.tiers.per, limits: piece.tiers.limits.map(typed) } : null;
  // the longest is the rest of the year
  const seasons = [...found.values()].sort((one, two) => two.months.length - one.months.length);
  return { name, currency: tariff.currency, since: piece.since, seasons, steps };
}

/** An id that is free, of a name in any script. */
export function idOf(name: string, taken: readonly string[]): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 30) || 'own';
  let id = plain;
  for (let count = 2; taken.includes(id); count += 1) id = `${plain}-${count}`;
  return id;
}

/** The next moment (epoch seconds) at which this phone's clock shows `time`. */
export function nextAt(time: string, now: number): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const day = new Date(now * 1000);
  day.setHours(hour, minute, 0, 0);
  if (day.getTime() / 1000 <= now) day.setDate(day.getDate() + 1);
  return day.getTime() / 1000;
}
