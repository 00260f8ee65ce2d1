import { afterEach, describe, expect, it } from 'vitest';
import { absenceWords } from '../src/lib/comfort/absence';
import { wishes } from '../src/lib/comfort/api';
import { clock, minuteOf, sentenceOf } from '../src/lib/comfort/sentence';
import type { Comfort, Sleeper } from '../src/lib/comfort/types';
import { prefs } from '../src/lib/prefs.svelte';

const WORDS = {
  'curve.back': { en: 'Back to {target} °C before the usual waking at {at}.', zh: '在平时醒来的 {at} 之前恢复到 {target} °C。' },
  learned: { en: 'Learned: {target} °C from {minute} on {days}.', zh: '已学会：{days} {minute} 起 {target} °C。' },
  hand: { en: '{who} set it.', zh: '{who} 设定。' },
};
const at = new Date(2026, 6, 20, 7, 5).getTime() / 1000;

afterEach(() => {
  prefs.lang = 'en';
  prefs.degrees = 'C';
});

describe('an empty home', () => {
  it('is told with who says so, and only where the mode goes with it', () => {
    expect(absenceWords({ by: 'mode', since: null }, 'away', at)).toContain('“Away”');
    expect(absenceWords({ by: 'bands', since: at }, 'home', at)).toMatch(/At home.*since 07:05/);
    expect(absenceWords({ by: 'rooms', since: at }, 'night', at)).toContain('no room has seen anybody since 07:05');
    for (const [by, mode] of [['mode', 'home'], ['bands', 'away'], ['', 'home']] as const) expect(absenceWords({ by, since: at }, mode, at)).toBe('');
    expect(absenceWords({ by: 'bands', since: at }, null, at)).toBe('');
    expect(absenceWords(undefined, 'home', at)).toBe('');
  });
});

describe('a reason of comfort', () => {
  it('is filled in with local times, in the reader’s language and degrees', () => {
    const why = { code: 'curve.back', figures: { target: 26, at } };
    expect(sentenceOf(why, WORDS, at - 3600)).toBe('Back to 26 °C before the usual waking at 07:05.');
    prefs.degrees = 'F';
    expect(sentenceOf(why, WORDS, at)).toBe('Back to 79 °F before the usual waking at 07:05.');
    prefs.lang = 'zh';
    expect(sentenceOf(why, WORDS, at)).toContain('07:05 之前恢复到 79 °F');
  });
  it('names the day of a time that is not on the day it was said', () => {
    const why = { code: 'curve.back', figures: { target: 26, at } };
    const said = (days: number): string => sentenceOf(why, WORDS, new Date(2026, 6, 20 + days, 22, 0).getTime() / 1000);
    expect(said(-1)).toBe('Back to 26 °C before the usual waking at 07:05 tomorrow.');
    expect(said(0)).toBe('Back to 26 °C before the usual waking at 07:05.');
    expect(said(1)).toBe('Back to 26 °C before the usual waking at 07:05 yesterday.');
    expect(said(-5)).toBe('Back to 26 °C before the usual waking at 07:05 on 20 Jul.');
    expect(sentenceOf(why, WORDS)).toMatch(/07:05 (on|tomorrow|yesterday)|07:05\./);
    prefs.lang = 'zh';
    expect(said(-1)).toContain('在平时醒来的 明天 07:05 之前');
  });
  it('keeps what it cannot fill in, says classes of days in words, and isolates names', () => {
    expect(sentenceOf({ code: 'learned', figures: { target: 25.5, days: 'workday' } }, WORDS)).toBe('Learned: 25.5 °C from {minute} on workdays.');
    expect(sentenceOf({ code: 'hand', figures: { who: '<b>{at}</b>' } }, WORDS)).toContain('<b>{at}</b>');
    expect(sentenceOf({ code: 'nobody.knows', figures: {} }, WORDS)).toBe('');
  });
});

it('minutes of the day go to clocks and back', () => {
  expect([0, 450, 1439, 1440, -30].map(clock)).toEqual(['00:00', '07:30', '23:59', '00:00', '23:30']);
  expect(['07:30', '7:05', '24:00', '12:60', 'noon', ''].map(minuteOf)).toEqual([450, 425, null, null, null, null]);
});

it('the whole document of wishes is what the hub told, with these people, and nothing it only shows', () => {
  const sleeper: Sleeper = { id: 'a', name: 'A', band: 'band', bedroom: 'bedroom', curve: { start: 26, warm: 20, rise: 1.5, rate: 0.5, back: 30 }, stage: 'asleep', since: 1 };
  const told: Comfort = {
    active: true, trouble: '', now: 1, people: [], bands: ['band'], faults: [], taste: { tolerance: 0.5, worth: 0.8 },
    rooms: [{ room: 'bedroom', can: { climate: true, sleep: true, air: false }, on: { climate: true, sleep: false, air: false }, conditioner: 'ac', purifier: '', lights: [], sleepers: [] }],
  };
  expect(wishes(told, [sleeper])).toEqual({
    rooms: { bedroom: { climate: true, sleep: false, air: false } },
    people: [{ id: 'a', name: 'A', band: 'band', bedroom: 'bedroom', curve: sleeper.curve }],
    taste: { tolerance: 0.5, worth: 0.8 },
    tariff: '',
    outdoor: '',
  });
  const measured: Comfort = { ...told, outdoor: { device: 'balcony', sensors: ['balcony'], pm2_5: 12, temperature: null, humidity: null } };
  expect(wishes(measured, [])).toMatchObject({ outdoor: 'balcony', people: [] });
  expect(wishes(measured, [], '')).toMatchObject({ outdoor: '' });
});
