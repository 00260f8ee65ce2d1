// A tariff that somebody writes, the next seven o'clock, and money as a reader writes it.

import { describe, expect, it } from 'vitest';
import { draftOf, idOf, lacks, nextAt, piecesOf, priceOf, type Draft } from '../src/lib/energy/draft';
import { money, price } from '../src/lib/energy/money';
import type { Tariff } from '../src/lib/energy/types';

const draft = (more: Partial<Draft> = {}): Draft => ({
  name: 'Ours', currency: 'EUR', since: '2026-01-01', hours: [{ from: '22:00', price: '0,2' }, { from: '06:00', price: '0.4' }], weekend: null, ...more,
});

describe('prices of one’s own', () => {
  it('each hold until the next begins, around midnight too', () => {
    const [piece] = piecesOf(draft());
    expect(piece?.windows.map((it) => [it.from, it.to, it.prices])).toEqual([['06:00', '22:00', [0.4]], ['22:00', '06:00', [0.2]]]);
    expect(piece?.windows.every((it) => it.days.length === 2 && it.months.length === 12)).toBe(true);
    expect(piecesOf(draft({ hours: [{ from: '06:00', price: '1' }] }))[0]?.windows[0]).toMatchObject({ from: '06:00', to: '06:00' });
  });
  it('may be others at weekends', () => {
    const [piece] = piecesOf(draft({ weekend: [{ from: '00:00', price: '0.1' }] }));
    expect(piece?.windows.map((it) => it.days)).toEqual([['workday'], ['workday'], ['weekend']]);
  });
  it('come back into the form, but for what it cannot show', () => {
    const tariff = (pieces: Tariff['pieces']): Tariff => ({ id: 'ours', own: true, names: { en: 'Ours' }, currency: 'EUR', pieces, source: '', checked: '' });
    expect(draftOf(tariff(piecesOf(draft())), 'Ours')?.weekend).toBeNull();
    expect(draftOf(tariff(piecesOf(draft({ weekend: [{ from: '00:00', price: '0.1' }] }))), 'Ours')?.weekend).toEqual([{ from: '00:00', price: '0.1' }]);
    expect(draftOf(tariff(piecesOf(draft()).map((it) => ({ ...it, tiers: { per: 'year' as const, limits: [5] } }))), 'Ours')).toBeNull();
  });
  it('changed from a day on keep what was paid before', () => {
    const old = piecesOf(draft());
    const both = piecesOf(draft({ since: '2026-07-01', hours: [{ from: '00:00', price: '1' }] }), old);
    expect(both.map((it) => it.since)).toEqual(['2026-01-01', '2026-07-01']);
    expect(piecesOf(draft(), both).map((it) => it.since)).toEqual(['2026-01-01']);
  });
  it('say what is missing before they are sent', () => {
    expect(lacks(draft())).toBe('');
    expect(lacks(draft({ name: ' ' }))).toBe('name');
    expect(lacks(draft({ currency: 'euro' }))).toBe('currency');
    expect(lacks(draft({ hours: [{ from: '06:00', price: '' }] }))).toBe('price');
    expect(lacks(draft({ weekend: [] }))).toBe('price');
    expect(lacks(draft({ hours: [{ from: '06:00', price: '1' }, { from: '06:00', price: '2' }] }))).toBe('twice');
  });
  it('take a comma, and no word for a number', () => {
    expect(priceOf('0,617')).toBe(0.617);
    for (const wrong of ['', '-1', '1e3', 'free', '1.2.3']) expect(priceOf(wrong)).toBeNaN();
  });
  it('have an id that is free, whatever the script of their name', () => {
    expect(idOf('Night Saver!', [])).toBe('night-saver');
    expect(idOf('我家的电价', ['own'])).toBe('own-2');
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
