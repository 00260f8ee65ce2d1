import { afterEach, describe, expect, it } from 'vitest';
import { age, dayWord, span, timeOfDay } from '../src/lib/ages';
import { bandOf, placeOnScale } from '../src/lib/air';
import { choiceWord, humanise } from '../src/lib/i18n/choices';
import { en as enFirst } from '../src/lib/i18n/en';
import { en as enLater } from '../src/lib/i18n/en.later';
import { fill, label, name, t } from '../src/lib/i18n/index.svelte';
import { zh as zhFirst } from '../src/lib/i18n/zh';
import { zh as zhLater } from '../src/lib/i18n/zh.later';
import { chooseLang, prefs } from '../src/lib/prefs.svelte';
import { decimals, fit, numeral, write, writeNumber } from '../src/lib/units';
import { Chance } from './chance';

const en = { ...enFirst, ...enLater };
const zh = { ...zhFirst, ...zhLater };

afterEach(() => {
  prefs.lang = 'en';
});

describe('the dictionaries', () => {
  const names = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((it) => it[1]).sort();

  it('have the same keys', () => expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort()));
  it('say each thing in one file', () => expect(Object.keys(enFirst).filter((key) => key in enLater)).toEqual([]));
  it.each(Object.keys(en) as (keyof typeof en)[])('%s fills in the same names in both languages', (key) => {
    expect(names(zh[key])).toEqual(names(en[key]));
    expect(zh[key].trim()).not.toBe('');
  });

  it('fill in, and never a name’s own braces', () => {
    expect(t('attention.offline', { name: '{percent}' })).toBe('{percent} is not reachable');
    expect(fill('{a} {b}', { a: 1 })).toBe('1 {b}');
    prefs.lang = 'zh';
    expect(t('summary.running.many', { count: 2 })).toBe('2 台设备');
  });

  it('labels: own language, English, then the name made readable', () => {
    prefs.lang = 'zh';
    expect(label({ en: 'Power', zh: '开关' }, 'power')).toBe('开关');
    expect(label({ en: 'Power', zh: '' }, 'power')).toBe('Power');
    expect(label(undefined, 'motor_a_speed')).toBe('Motor a speed');
  });

  it('names are isolated', () => expect([...name('x')].map((it) => it.codePointAt(0))).toEqual([0x2068, 0x78, 0x2069]));

  it('the language is the stored one, else the browser’s first that we speak', () => {
    expect(chooseLang('zh', ['en'])).toBe('zh');
    expect(chooseLang('fr', ['fr-FR', 'zh-TW', 'en'])).toBe('zh');
    expect(chooseLang(null, ['de'])).toBe('en');
  });
});

describe('choices', () => {
  it('are translated, else made readable', () => {
    expect(choiceWord('fan_only', 'zh')).toBe('送风');
    expect(choiceWord('Fan-Only', 'en')).toBe('Fan');
    expect(choiceWord('steam_boost', 'en')).toBe('Steam boost');
    expect(humanise('custom-service.moto_speed')).toBe('Moto speed');
    expect(humanise('___')).toBe('___');
  });
});

describe('ages', () => {
  it.each([
    [0, 'now'], [4.9, 'now'], [5, '5 s'], [59.9, '59 s'], [60, '1 min'], [3599, '59 min'], [3600, '1 h'], [86_399, '23 h'], [86_400, '1 d'], [-30, 'now'],
  ])('%s s is %s', (seconds, words) => expect(age(1_000_000, 1_000_000 + seconds)).toBe(words));

  it('what was never said has no age', () => {
    expect(age(null, 5)).toBe('never');
    prefs.lang = 'zh';
    expect(age(100, 250)).toBe('2 分钟');
  });

  it('a span is never now', () => {
    expect(span(100, 101)).toBe('1 s');
    expect(span(100, 50)).toBe('1 s');
  });

  it('days have words', () => {
    const noon = new Date(2026, 4, 20, 12).getTime() / 1000;
    expect([dayWord(noon, noon), dayWord(noon - 86_400, noon)]).toEqual(['Today', 'Yesterday']);
    expect(dayWord(noon - 5 * 86_400, noon)).toContain('May');
  });
});

describe('values', () => {
  const def = (unit: string, more = {}) => ({ kind: 'float' as const, unit, step: null, ...more });

  it.each([
    [def('Cel'), 24, '24.0\u00a0°C'], [def('Cel', { step: 0.5 }), 24.5, '24.5\u00a0°C'], [def('Cel', { kind: 'int', step: 1 }), -18, '−18\u00a0°C'],
    [def('%'), 53.6, '54%'], [def('ug/m3'), 12, '12\u00a0µg/m³'], [def('kW.h'), 12.345, '12.35\u00a0kWh'], [def('W'), 742.4, '742\u00a0W'],
    [def('W'), 1.44, '1.4\u00a0W'], [def(''), 3, '3'], [def('furlong'), 2, '2\u00a0furlong'], [def('h', { kind: 'int' }), 1284, '1,284\u00a0h'],
  ])('%j of %s reads %s', (of, value, words) => expect(writeNumber(of, value, 'en').whole).toBe(words));

  it('on and off for what can be switched, yes and no for what can only be read', () => {
    expect(write({ ...def(''), kind: 'bool', writable: true }, true, 'zh').whole).toBe('开');
    expect(write({ ...def(''), kind: 'bool', writable: false }, true, 'en').whole).toBe('Yes');
  });

  it('an absent or wild one is a dash', () => {
    for (const value of [null, '', Number.NaN]) expect(write(def('Cel'), value, 'en').whole).toBe('—');
  });

  it('fit bounds and steps without binary dust', () => {
    const of = { kind: 'float' as const, unit: 'Cel', low: 16, high: 30, step: 0.1 };
    expect(fit(of, 16 + 0.1 * 3)).toBe(16.3);
    expect([fit(of, 99), fit(of, -99)]).toEqual([30, 16]);
    expect(fit({ ...of, low: null, high: null, step: null, kind: 'int' }, 2.4)).toBe(2);
    expect(decimals({ ...of, step: 0.25 }, 1)).toBe(2);
  });
});

it('air has six classes, and a place on their scale', () => {
  expect([0, 35, 36, 60, 115, 150, 250, 251].map(bandOf)).toEqual(['excellent', 'excellent', 'good', 'good', 'light', 'moderate', 'heavy', 'severe']);
  expect([placeOnScale(0), placeOnScale(35), placeOnScale(500), placeOnScale(5000)]).toEqual([0, 1 / 6, 1, 1]);
});

describe('numerals and times of day', () => {
  const chance = new Chance(5);
  const cases = Array.from({ length: 2_000 }, () => {
    const most = chance.below(5);
    const value = (chance.next() - 0.3) * 10 ** chance.below(9);
    return [chance.maybe() ? value : Number(value.toFixed(most + 1)), chance.below(most + 1), most] as const;
  });

  it.each(['en-GB', 'zh-CN'])('are those of %s', (place) => {
    for (const [value, fewest, most] of [...cases, [0, 0, 0], [1.45, 0, 1], [999.95, 1, 1], [1.5e15, 0, 2], [1e-9, 0, 2]] as const) {
      const theirs = new Intl.NumberFormat(place, { minimumFractionDigits: fewest, maximumFractionDigits: most }).format(value);
      expect(numeral(value, fewest, most), `${value} ${fewest} ${most}`).toBe(/[1-9]/.test(theirs) ? theirs.replace('-', '−') : theirs.replace('-', ''));
    }
    const clock = new Intl.DateTimeFormat(place, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    for (let at = 1.7e9; at < 1.8e9; at += 1_234_567) expect(timeOfDay(at)).toBe(clock.format(at * 1000));
  });
});
