// How a value is written for a person. Owns units (UCUM codes in, what people read out), decimals and on/off words.

import { choiceWord } from './i18n/choices';
import { prefs, type Lang } from './prefs.svelte';
import type { Definition, Value } from './types';

/** UCUM code: as read in English, in Chinese, and whether it stands close to its number. */
const UNITS: Readonly<Record<string, readonly [en: string, zh: string, close?: true]>> = {
  Cel: ['°C', '°C'],
  '[degF]': ['°F', '°F'],
  K: ['K', 'K'],
  '%': ['%', '%', true],
  deg: ['°', '°', true],
  'ug/m3': ['µg/m³', 'µg/m³'],
  'mg/m3': ['mg/m³', 'mg/m³'],
  '[ppm]': ['ppm', 'ppm'],
  '[ppb]': ['ppb', 'ppb'],
  'kW.h': ['kWh', '度'],
  'W.h': ['Wh', 'Wh'],
  W: ['W', 'W'],
  kW: ['kW', 'kW'],
  V: ['V', 'V'],
  A: ['A', 'A'],
  mA: ['mA', 'mA'],
  Hz: ['Hz', 'Hz'],
  Pa: ['Pa', 'Pa'],
  hPa: ['hPa', 'hPa'],
  lx: ['lx', 'lx'],
  dB: ['dB', 'dB'],
  'dB[SPL]': ['dB', 'dB'],
  s: ['s', '秒'],
  min: ['min', '分钟'],
  h: ['h', '小时'],
  d: ['days', '天'],
  '/min': ['rpm', '转/分'],
  m2: ['m²', '平方米'],
  m: ['m', '米'],
  kcal: ['kcal', '千卡'],
  'uS/cm': ['µS/cm', 'µS/cm'],
  'm3/h': ['m³/h', 'm³/h'],
  L: ['L', '升'],
  mL: ['mL', '毫升'],
  kg: ['kg', '千克'],
  g: ['g', '克'],
};

export interface Written {
  number: string;
  unit: string;
  /** Number and unit as one text. */
  whole: string;
}

export function unitWord(unit: string, lang: Lang): string {
  const row = UNITS[unit];
  if (!row) return unit;
  return lang === 'zh' ? row[1] : row[0];
}

/** Digits after the point: those of the step where there is one, else what the unit is worth. */
export function decimals(def: Pick<Definition, 'kind' | 'unit' | 'step'>, value: number): number {
  if (def.kind === 'int') return 0;
  if (def.step) {
    const text = String(def.step);
    return text.includes('.') ? Math.min(3, text.length - text.indexOf('.') - 1) : 0;
  }
  if (def.unit === 'Cel') return 1;
  if (def.unit === '%' || def.unit === 'ug/m3') return 0;
  if (def.unit === 'W') return Math.abs(value) < 10 ? 1 : 0;
  return Math.abs(value) < 100 ? 2 : 1;
}

/** A value in the unit that this person reads: temperatures in °F where they chose so. Only for the eye: what is sent stays as it is. */
export function asRead(unit: string, value: number): { unit: string; value: number } {
  return unit === 'Cel' && prefs.degrees === 'F' ? { unit: '[degF]', value: (value * 9) / 5 + 32 } : { unit, value };
}

/** A decimal number as English and Chinese both write it, rounded half away from zero, with `fewest` to `most` digits after the
 * point. The browser's own (`Intl`) takes a phone a tenth of a second to make the first time, which is the first screen. */
export function numeral(value: number, fewest: number, most: number): string {
  // moved by the text of it, as a person would: 1.45 is a little less than that in binary
  const moved = Math.round(Number(`${Math.abs(value)}e${most}`));
  const text = Number.isFinite(moved) ? Number(`${moved}e-${most}`).toFixed(most) : Math.abs(value).toFixed(most);
  const [whole = '', after = ''] = text.split('.');
  const kept = after.slice(0, fewest) + after.slice(fewest).replace(/0+$/, '');
  const sign = value < 0 && /[1-9]/.test(text) ? '−' : '';
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (kept && `.${kept}`);
}

/** What is counted in a minute: turns of a motor, unless it is a heart. */
const BEATS: readonly [string, string] = ['bpm', '次/分'];

export function writeNumber(def: Pick<Definition, 'kind' | 'unit' | 'step'> & { name?: string }, value: number, lang: Lang): Written {
  const { unit: code, value: shown } = asRead(def.unit, value);
  const digits = decimals(def, value);
  const fixed = def.step || def.unit === 'Cel' ? digits : 0;
  const number = numeral(shown, fixed, digits);
  const unit = def.name === 'heart_rate' ? BEATS[lang === 'zh' ? 1 : 0] : unitWord(code, lang);
  if (unit === '') return { number, unit, whole: number };
  return { number, unit, whole: `${number}${UNITS[code]?.[2] ? '' : '\u00a0'}${unit}` };
}

/** Any value as a person reads it; an absent one is a dash. */
export function write(def: Pick<Definition, 'kind' | 'unit' | 'step'> & { writable?: boolean; name?: string }, value: Value, lang: Lang): Written {
  if (typeof value === 'number' && Number.isFinite(value)) return writeNumber(def, value, lang);
  if (typeof value === 'boolean') return plain(choiceWord(def.writable === false ? (value ? 'yes' : 'no') : value ? 'on' : 'off', lang));
  if (typeof value === 'string' && value !== '') return plain(def.kind === 'enum' ? choiceWord(value, lang) : value);
  return plain('—');
}

function plain(text: string): Written {
  return { number: text, unit: '', whole: text };
}

/** `value` brought onto the definition's bounds and steps, without the dust of binary fractions. */
export function fit(def: Pick<Definition, 'low' | 'high' | 'step' | 'kind' | 'unit'>, value: number): number {
  const low = def.low ?? -Infinity;
  const high = def.high ?? Infinity;
  const step = def.step ?? (def.kind === 'int' ? 1 : 0);
  const base = def.low ?? 0;
  const stepped = step ? base + Math.round((value - base) / step) * step : value;
  return Number(Math.min(high, Math.max(low, stepped)).toFixed(6));
}
