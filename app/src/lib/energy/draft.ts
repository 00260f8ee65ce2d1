// A tariff that a person writes: prices from hours of the day on, the same on weekends or others. Owns the way between
// this form and the hub's pieces. Pure.

import type { DayKind, Piece, Tariff, Window } from './types';

export interface Hour {
  from: string;
  /** As typed. */
  price: string;
}
export interface Draft {
  name: string;
  currency: string;
  since: string;
  hours: Hour[];
  /** Null: as on workdays. */
  weekend: Hour[] | null;
}

const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const BOTH: readonly DayKind[] = ['workday', 'weekend'];

/** A comma is a point, as many write it; NaN for what is no price. */
export function priceOf(text: string): number {
  const plain = text.trim().replace(',', '.');
  return /^\d{1,5}(\.\d{0,6})?$/.test(plain) ? Number(plain) : Number.NaN;
}

/** What keeps it from being sent; "" for nothing. */
export function lacks(draft: Draft): '' | 'name' | 'currency' | 'price' | 'twice' {
  if (!draft.name.trim()) return 'name';
  if (!/^[A-Za-z]{3}$/.test(draft.currency.trim())) return 'currency';
  const lists = [draft.hours, ...(draft.weekend ? [draft.weekend] : [])];
  if (lists.some((list) => list.length === 0 || list.some((it) => Number.isNaN(priceOf(it.price)) || !/^\d\d:\d\d$/.test(it.from)))) return 'price';
  return lists.some((list) => new Set(list.map((it) => it.from)).size < list.length) ? 'twice' : '';
}

function windows(hours: readonly Hour[], days: readonly DayKind[]): Window[] {
  const sorted = [...hours].sort((one, two) => one.from.localeCompare(two.from));
  return sorted.map((it, index) => {
    const next = sorted[(index + 1) % sorted.length] ?? it;
    return { from: it.from, to: next.from, prices: [priceOf(it.price)], days: [...days], months: MONTHS };
  });
}

/** The new piece behind those of `earlier` that began before it: what was paid then stays what it was. */
export function piecesOf(draft: Draft, earlier: readonly Piece[] = []): Piece[] {
  const list = draft.weekend === null ? windows(draft.hours, BOTH) : [...windows(draft.hours, ['workday']), ...windows(draft.weekend, ['weekend'])];
  return [...earlier.filter((it) => it.since < draft.since), { since: draft.since, windows: list }];
}

/** The form of a tariff's newest prices; null for those that say more than the form can (tiers, months). */
export function draftOf(tariff: Tariff, name: string): Draft | null {
  const piece = tariff.pieces.at(-1);
  if (!piece || piece.tiers || piece.windows.some((it) => it.months.length < 12)) return null;
  const of = (kind: DayKind): Hour[] => piece.windows.filter((it) => it.days.includes(kind)).map((it) => ({ from: it.from, price: String(it.prices[0] ?? '') }));
  const [hours, weekend] = [of('workday'), of('weekend')];
  return { name, currency: tariff.currency, since: piece.since, hours, weekend: JSON.stringify(hours) === JSON.stringify(weekend) ? null : weekend };
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
