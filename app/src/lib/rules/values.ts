// Values of rules: from a definition and the words of a file to what a control shows, and back. Pure.

import type { Definition, Value } from '../types';
import type { Field, FormValue } from './types';

/** Units that the language of rules knows by the code of the definition. */
const KNOWN = new Set(['Cel', '[degF]', 'K', '%', 'ug/m3', 'mg/m3', '[ppm]', '[ppb]', 's', 'min', 'h', 'd', 'W', 'kW', 'W.h', 'kW.h', 'lx', 'V', 'A']);

export interface Plain {
  value: Value;
  unit: string;
  /** No plain value: something that is worked out when it is needed. */
  computed: boolean;
}

const NUMBER = /^(-?\d+(?:\.\d+)?)\s*([^\s\d].*)?$/;

/** A value that stands in a file (`26 Cel`, `on`, `sleep`, `ac.temperature - 1 Cel`). */
export function plainOf(field: Field | undefined, def: Definition | undefined): Plain {
  const no: Plain = { value: null, unit: '', computed: false };
  if (field === undefined || field === null || typeof field === 'object') return no;
  if (typeof field === 'number') return { value: field, unit: '', computed: false };
  if (typeof field === 'boolean') return { value: field, unit: '', computed: false };
  if (def?.kind === 'text') return { value: field, unit: '', computed: false };
  if (def?.kind === 'bool') {
    const word = field.toLowerCase();
    if (['on', 'true', 'yes'].includes(word)) return { value: true, unit: '', computed: false };
    if (['off', 'false', 'no'].includes(word)) return { value: false, unit: '', computed: false };
    return { value: field, unit: '', computed: true };
  }
  const match = NUMBER.exec(field);
  if (match && def?.kind !== 'enum') return { value: Number(match[1]), unit: match[2] ?? '', computed: false };
  if (def?.kind === 'enum') return { value: field, unit: '', computed: !def.choices.includes(field) };
  return { value: field, unit: '', computed: def !== undefined };
}

export function plainOfTerm(value: FormValue | null, def: Definition | undefined): Plain {
  if (value === null) return { value: null, unit: '', computed: false };
  if (value.kind === 'number') return { value: value.number, unit: value.unit, computed: false };
  if (value.kind === 'reference') return { value: value.text, unit: '', computed: true };
  return plainOf(value.text, def);
}

/** As it is written into a file: numbers carry their unit, switches are on and off. */
export function written(value: Value, def: Definition | undefined, unit: string): string | number {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') {
    const word = unit || (def && KNOWN.has(def.unit) ? def.unit : '');
    return word ? `${value} ${word}` : value;
  }
  return value ?? '';
}

/** The same within an expression, where a text that is no word needs quotes. */
export function inExpression(value: Value, def: Definition | undefined, unit: string): string {
  const text = String(written(value, def, unit));
  if (typeof value !== 'string' || /^[^\W\d]\w*$/.test(value) || /^\d{1,2}:\d{2}(:\d{2})?$/.test(value)) return text;
  return text.includes('"') ? `'${text.replaceAll("'", '')}'` : `"${text}"`;
}

/** What a control begins with: what the device says now, else the lowest or first. */
export function firstValue(def: Definition & { value?: Value }): Value {
  if (def.value !== undefined && def.value !== null && typeof def.value !== 'string') return def.value;
  if (def.kind === 'enum') return typeof def.value === 'string' && def.choices.includes(def.value) ? def.value : (def.choices[0] ?? '');
  if (def.kind === 'bool') return true;
  return def.kind === 'text' ? '' : (def.low ?? 0);
}

const DURATION = /(\d+(?:\.\d+)?)\s*(s|min|h|d)\b/g;
const SECONDS = { s: 1, min: 60, h: 3600, d: 86_400 } as const;
type TimeUnit = keyof typeof SECONDS;

/** Seconds of `1 h 30 min`; null where it is none. */
export function secondsOf(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  let total = 0;
  const sign = text.trim().startsWith('-') ? -1 : 1;
  const rest = text.replace(/^[-+\s]+/, '').replace(DURATION, (_, count: string, unit: string) => {
    total += Number(count) * SECONDS[unit as TimeUnit];
    return '';
  });
  return rest.trim() === '' && /\d/.test(text) ? sign * total : null;
}

/** `90 min` becomes `1 h 30 min`; nothing is `0 s`. */
export function durationOf(seconds: number): string {
  let left = Math.abs(Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]] as const) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    left -= count * size;
  }
  return (seconds < 0 ? '-' : '') + (parts.join(' ') || '0 s');
}

/** An id for a file from a name: letters, digits and dashes; a name in another script gets a plain word with a number. */
export function idOf(name: string, word: string, taken: readonly string[]): string {
  const base = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 50).replace(/-+$/, '') || word;
  let id = base;
  for (let count = 2; taken.includes(id); count += 1) id = `${base}-${count}`;
  return id;
}
