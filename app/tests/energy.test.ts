// A tariff that somebody writes, the next seven o'clock, and money as a reader writes it.

import { afterEach, describe, expect, it } from 'vitest';
import {
  MONTHS, draftOf, dropSeason, idOf, moveMonth, newHour, nextAt, numberOf, otherPieces, piecesOf, setSteps, stepCount, typed, type Draft, type Hour, type Season,
} from '../src/lib/energy/draft';
import { MOST_WINDOWS, faultsOf } from '../src/lib/energy/faults';
import { money, price } from '../src/lib/energy/money';
import { dayWord, monthWord, monthsWords } from '../src/lib/energy/months';
import type { DayKind, Piece, Tariff } from '../src/lib/energy/types';
import { prefs } from '../src/lib/prefs.svelte';
import { Chance } from './chance';

const hours = (...rows: [from: string, ...prices: string[]][]): Hour[] => rows.map(([from, ...prices]) => ({ from, prices }));
const year = (more: Partial<Season> = {}): Season => ({ months: [...MONTHS], hours: hours(['22:00', '0,2'], ['06:00', '0.4']), weekend: null, ...more });
const draft = (more: Partial<Draft> = {}, season: Partial<Season> = {}): Draft => ({
  name: 'Ours', currency: 'EUR', since: '2026-01-01', steps: null, seasons: [year(season)], ...more,
});
const tariff = (pieces: readonly Piece[]): Tariff => ({ id: 'ours', own: true, names: { en: 'Ours' }, currency: 'EUR', pieces, source: '', checked: '' });

/** What a kWh costs, in every month, on every kind of day, each half hour and step: as the hub finds it (comfort/tariff.py). */
function prices(piece: Piece | undefined): string[] {
  const minutes = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) % 1440;
  return MONTHS.flatMap((month) =>
    (['workday', 'weekend'] as DayKind[]).flatMap((day) =>
      Array.from({ length: 48 }, (_, half) => {
        const held = (piece?.windows ?? []).filter((it) => {
          const [start, end, at] = [minutes(it.from), minutes(it.to), half * 30];
          const within = start < end ? start <= at && at < end : at >= start || at < end;
          return within && it.days.includes(day) && it.months.includes(month);
        });
        return held.length === 1 ? String(held[0]?.prices) : `${held.length} prices`;
      }),
    ),
  );
}

function hoursBy(chance: Chance, steps: number): Hour[] {
  const begun = [...new Set(Array.from({ length: 1 + chance.below(4) }, () => chance.below(48)))].sort((one, two) => one - two);
  const two = (number: number): string => String(number).padStart(2, '0');
  return begun.map((it) => ({
    from: `${two(Math.floor(it / 2))}:${two((it % 2) * 30)}`,
    prices: Array.from({ length: steps }, () => typed(chance.maybe() ? chance.next() : chance.below(3))),
  }));
}

function draftBy(chance: Chance): Draft {
  const steps = chance.maybe() ? { per: chance.one(['month', 'year'] as const), limits: ['200', '300.5'].slice(0, 1 + chance.below(2)) } : null;
  const count = steps ? steps.limits.length + 1 : 1;
  const seasons: Season[] = Array.from({ length: 1 + chance.below(4) }, () => ({
    months: [], hours: hoursBy(chance, count), weekend: chance.maybe(0.4) ? hoursBy(chance, count) : null,
  }));
  for (const month of MONTHS) chance.one(seasons).months.push(month);
  return draft({ steps, seasons: seasons.filter((it) => it.months.length > 0) });
}

describe('prices of one’s own', () => {
  it('each hold until the next begins, around midnight too', () => {
    const [piece] = piecesOf(draft());
    expect(piece?.windows.map((it) => [it.from, it.to, it.prices])).toEqual([['06:00', '22:00', [0.4]], ['22:00', '06:00', [0.2]]]);
    expect(piece?.windows.every((it) => it.days.length === 2 && it.months.length === 12)).toBe(true);
    expect(piecesOf(draft({}, { hours: hours(['06:00', '1']) }))[0]?.windows[0]).toMatchObject({ from: '06:00', to: '06:00' });
    expect(piece).not.toHaveProperty('tiers');
  });
  it('may be others at weekends, in some months, and by what was used', () => {
    const [piece] = piecesOf(draft({}, { weekend: hours(['00:00', '0.1']) }));
    expect(piece?.windows.map((it) => it.days)).toEqual([['workday'], ['workday'], ['weekend']]);
    const summer: Season = { months: [7, 8], hours: hours(['00:00', '1', '2']), weekend: null };
    const rest: Season = { months: [1, 2, 3, 4, 5, 6, 9, 10, 11, 12], hours: hours(['00:00', '3', '4']), weekend: null };
    const [stepped] = piecesOf(draft({ steps: { per: 'month', limits: ['240,5'] }, seasons: [rest, summer] }));
    expect(stepped?.tiers).toEqual({ per: 'month', limits: [240.5] });
    expect(stepped?.windows.map((it) => [it.months.length, it.prices])).toEqual([[10, [3, 4]], [2, [1, 2]]]);
  });
  it('every one of them comes back into the form, and goes out as it came', () => {
    const chance = new Chance(3);
    for (let count = 0; count < 150; count += 1) {
      const piece = piecesOf(draftBy(chance));
      const back = draftOf(tariff(piece), 'Ours');
      expect(back).not.toBeNull();
      expect(faultsOf(back as Draft)).toEqual(back && piece[0] && piece[0].windows.length > MOST_WINDOWS ? { windows: 'many' } : {});
      const again = piecesOf(back as Draft);
      expect(prices(again[0])).toEqual(prices(piece[0]));
      expect(prices(piece[0]).every((it) => !it.includes('prices'))).toBe(true);
      expect([again[0]?.since, again[0]?.tiers]).toEqual([piece[0]?.since, piece[0]?.tiers]);
      expect(draftOf(tariff(again), 'Ours')).toEqual(back);
    }
  });
  it('in whatever windows the hub has them: months apart, days apart, a whole day as 00:00 to 24:00', () => {
    const one = (months: number[], days: DayKind[], cost: number) => ({ from: '00:00', to: '24:00', prices: [cost], days, months });
    const piece: Piece = { since: '2026-01-01', windows: [one([12, 1, 2], ['workday', 'weekend'], 2), one([3, 4, 5, 6, 7, 8, 9, 10, 11], ['weekend'], 1), one([3, 4, 5], ['workday'], 1), one([6, 7, 8, 9, 10, 11], ['workday'], 1)] };
    const back = draftOf(tariff([piece]), 'Ours');
    expect(back?.seasons.map((it) => [it.months.length, it.weekend])).toEqual([[9, null], [3, null]]);
    expect(prices(piecesOf(back as Draft)[0])).toEqual(prices(piece));
  });
  it('changed from a day on keep what was paid before, and say what goes', () => {
    const old = piecesOf(draft());
    const both = piecesOf(draft({ since: '2026-07-01' }, { hours: hours(['00:00', '1']) }), old);
    expect(both.map((it) => it.since)).toEqual(['2026-01-01', '2026-07-01']);
    expect(piecesOf(draft(), both).map((it) => it.since)).toEqual(['2026-01-01']);
    expect(otherPieces(tariff(both), '2026-07-01')).toEqual({ stay: ['2026-01-01'], go: [] });
    expect(otherPieces(tariff(both), '2026-01-01')).toEqual({ stay: [], go: ['2026-01-01'] });
    expect(otherPieces(tariff(both), '2027-01-01')).toEqual({ stay: ['2026-01-01', '2026-07-01'], go: [] });
    expect(otherPieces(undefined, '2026-01-01')).toEqual({ stay: [], go: [] });
  });
  it('say what is missing, and in which field, before they are sent', () => {
    expect(faultsOf(draft())).toEqual({});
    expect(faultsOf(draft({ name: ' ', currency: 'euro', since: '' }))).toEqual({ name: 'name', currency: 'currency', since: 'since' });
    expect(faultsOf(draft({}, { hours: hours(['06:00', ''], ['', '10001']) }))).toEqual({ 'season.0.hours.0.price.0': 'price', 'season.0.hours.1.from': 'hour', 'season.0.hours.1.price.0': 'dear' });
    expect(faultsOf(draft({}, { weekend: hours(['06:00', '1'], ['06:00', '2']) }))).toEqual({ 'season.0.weekend.1.from': 'twice' });
    expect(faultsOf(draft({ seasons: [year(), year({ months: [] })] }))).toEqual({ 'season.1.months': 'months' });
    const steps = (...limits: string[]): unknown => faultsOf(draft({ steps: { per: 'year', limits } }));
    expect(steps('0', '300', '300', 'x', '400')).toEqual({ 'limit.0': 'limit', 'limit.2': 'rise', 'limit.3': 'limit' });
    const many = hours(...Array.from({ length: 13 }, (_, at): [string, string] => [`${10 + at}:00`, '1']));
    expect(faultsOf(draft({}, { hours: many, weekend: many }))).toEqual({ windows: 'many' });
  });
  it('take a comma, and no word for a number; what comes is written as it was', () => {
    expect(numberOf('0,617')).toBe(0.617);
    for (const wrong of ['', '-1', '1e3', 'free', '1.2.3']) expect(numberOf(wrong)).toBeNaN();
    for (const value of [0.617, 0, 5, 1 / 3, 2e-7, 1e6, 0.1 + 0.2]) expect(numberOf(typed(value))).toBe(value);
    expect(typed(undefined)).toBe('');
  });
  it('have an id that is free, whatever the script of their name', () => {
    expect(idOf('Night Saver!', [])).toBe('night-saver');
    expect(idOf('我家的电价', ['own'])).toBe('own-2');
  });
});

describe('steps and months in the form', () => {
  it('a step that goes takes its own prices with it', () => {
    const it = draft({}, { hours: hours(['06:00', '1']), weekend: hours(['00:00', '9']) });
    setSteps(it, { per: 'year', limits: ['100', '200'] });
    expect([stepCount(it), it.seasons[0]?.hours[0]?.prices]).toEqual([3, ['1', '', '']]);
    for (const [at, text] of ['1', '2', '3'].entries()) (it.seasons[0]?.hours[0] as Hour).prices[at] = text;
    setSteps(it, { per: 'year', limits: ['200'] }, 0);
    expect([it.seasons[0]?.hours[0]?.prices, it.seasons[0]?.weekend?.[0]?.prices]).toEqual([['2', '3'], ['', '']]);
    setSteps(it, null);
    expect(it.seasons[0]?.hours[0]?.prices).toEqual(['2']);
  });
  it('a month is in one season, and none is lost', () => {
    const it = draft({ seasons: [year(), { months: [], hours: [newHour('00:00', 1)], weekend: null }, { months: [], hours: [], weekend: null }] });
    const months = (): number[][] => it.seasons.map((one) => one.months);
    moveMonth(it, 7, 1);
    moveMonth(it, 7, 2);
    moveMonth(it, 1, 2);
    expect(months().slice(1)).toEqual([[], [1, 7]]);
    moveMonth(it, 7, 2);
    expect(months()[0]).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    dropSeason(it, 2);
    expect(months()).toEqual([[...MONTHS], []]);
  });
  afterEach(() => void (prefs.lang = 'en'));
  it('months that follow each other are told by the first and the last', () => {
    expect([monthsWords([1, 2, 3, 9, 11, 12], ', '), monthsWords([], ', '), monthWord(7)]).toEqual([`${monthWord(1)}–${monthWord(3)}, ${monthWord(9)}, ${monthWord(11)}–${monthWord(12)}`, '', 'Jul']);
    expect(dayWord('2026-01-02')).toBe('2 Jan 2026');
    prefs.lang = 'zh';
    expect([monthsWords([7, 8], '、'), dayWord('2026-01-02')]).toEqual(['7月–8月', '2026年1月2日']);
  });
});

it('the next seven o’clock is today or tomorrow', () => {
  const at = (hour: number, day = 1): number => new Date(2026, 6, day, hour).getTime() / 1000;
  expect(nextAt('07:00', at(6))).toBe(at(7));
  expect(nextAt('07:00', at(7))).toBe(at(7, 2));
});

it('money has its symbol, a price its tenth of a cent, and three letters that are no currency are no accident', () => {
  expect(money(1.5, 'CNY')).toBe('¥1.50');
  expect(price(0.617, 'CNY')).toBe('¥0.617');
  expect(money(2, 'E')).toBe('2.00 E');
});
