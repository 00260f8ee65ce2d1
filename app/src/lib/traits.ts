// From traits and definitions to controls: what a device's page and card consist of. Knows no product and no maker.

import type { Device } from './home.svelte';
import type { Action, Definition, Property } from './types';

export type Control = 'switch' | 'choice' | 'steps' | 'range' | 'number' | 'text' | 'reading';

/** With so few whole-number positions, buttons are quicker than a slider. */
const STEPS_AT_MOST = 5;

export function controlFor(def: Definition): Control {
  if (!def.writable) return 'reading';
  if (def.kind === 'bool') return 'switch';
  if (def.kind === 'enum') return def.choices.length > 0 ? 'choice' : 'text';
  if (def.kind === 'text') return 'text';
  if (def.low === null || def.high === null || def.high <= def.low) return 'number';
  const positions = stepsOf(def).length;
  if (def.kind === 'int' && def.unit === '' && positions > 0 && positions <= STEPS_AT_MOST) return 'steps';
  return 'range';
}

/** Every position between the bounds; empty where there are none or far too many. */
export function stepsOf(def: Definition): number[] {
  if (def.low === null || def.high === null) return [];
  const step = def.step ?? 1;
  const count = Math.floor((def.high - def.low) / step + 1e-6) + 1;
  if (!(count > 0) || count > 100) return [];
  const low = def.low;
  return Array.from({ length: count }, (_, index) => Number((low + index * step).toFixed(6)));
}

export type Hero = { kind: 'thermostat'; target: Property; current: Property | null } | { kind: 'air'; pm25: Property } | null;

export interface Layout {
  power: Property | null;
  hero: Hero;
  /** What people change every day: modes and fan. */
  primary: Property[];
  /** On/off options. */
  options: Property[];
  /** Other writable values of the vocabulary. */
  adjust: Property[];
  readings: Property[];
  actions: Action[];
  /** What only the maker has a word for. */
  vendor: Property[];
  vendorActions: Action[];
}

const PRIMARY = ['mode', 'fan', 'thermostat'];
/** Readings that matter most come first; the rest keep the device's own order. */
const READING_ORDER = ['temperature', 'humidity', 'air_quality', 'filter', 'energy', 'fan'];

const place = (trait: string, order: readonly string[]): number => {
  const at = order.indexOf(trait);
  return at < 0 ? order.length : at;
};

export function propertiesOf(device: Device): Property[] {
  return device.order.flatMap((path) => device.properties[path] ?? []);
}

export function layout(device: Device): Layout {
  const all = propertiesOf(device).filter((property) => property.readable || property.writable);
  const power = powerOf(device);
  const hero = heroOf(device);
  const taken = new Set<string>();
  if (power) taken.add(power.path);
  if (hero?.kind === 'thermostat') taken.add(hero.target.path);
  if (hero?.kind === 'air') taken.add(hero.pm25.path);
  const result: Layout = {
    power, hero, primary: [], options: [], adjust: [], readings: [], vendor: [],
    actions: device.actions.filter((action) => action.trait !== 'vendor' && !(power && action.trait === 'on_off')),
    vendorActions: device.actions.filter((action) => action.trait === 'vendor'),
  };
  for (const property of all) {
    if (taken.has(property.path) || (property.trait === 'fault' && !hasFault(property))) continue;
    listFor(property, result).push(property);
  }
  result.primary.sort((one, two) => place(one.trait, PRIMARY) - place(two.trait, PRIMARY));
  result.readings.sort((one, two) => place(one.trait, READING_ORDER) - place(two.trait, READING_ORDER));
  return result;
}

function listFor(property: Property, into: Layout): Property[] {
  // A wristband that works as a remote control is a rarity among the options of an air conditioner.
  if (property.trait === 'vendor' || property.name.startsWith('bracelet_')) return into.vendor;
  const control = controlFor(property);
  if (control === 'reading') return into.readings;
  if (control === 'switch') return into.options;
  return PRIMARY.includes(property.trait) ? into.primary : into.adjust;
}

export function powerOf(device: Device): Property | null {
  const main = device.properties.power;
  return main && main.trait === 'on_off' && main.kind === 'bool' ? main : null;
}

/** The first property of this trait and name, the main component's before others'. */
export function find(device: Device, trait: string, name: string): Property | null {
  const all = propertiesOf(device).filter((property) => property.trait === trait && property.name === name);
  return all.find((property) => property.component === 'main') ?? all[0] ?? null;
}

export function heroOf(device: Device): Hero {
  const target = find(device, 'thermostat', 'target_temperature');
  if (target && controlFor(target) === 'range') {
    const sameComponent = propertiesOf(device).find(
      (property) => property.name === 'temperature' && property.component === target.component,
    );
    return { kind: 'thermostat', target, current: sameComponent ?? find(device, 'temperature', 'temperature') };
  }
  const pm25 = find(device, 'air_quality', 'pm2_5');
  return pm25 ? { kind: 'air', pm25 } : null;
}

/** What the chart of the last day shows. */
export function chartsOf(device: Device): Property[] {
  return [find(device, 'air_quality', 'pm2_5'), find(device, 'temperature', 'temperature')].filter((it) => it !== null);
}

/** A device that cannot be asked now (or a home that cannot: `heard` false), with all that it said as the last that is known. */
export function asKnown(device: Device, heard = true): Device {
  if (heard && device.availability.state === 'online') return device;
  const dim = (property: Property): Property => (property.quality === 'good' ? { ...property, quality: 'stale' } : property);
  return { ...device, properties: Object.fromEntries(Object.entries(device.properties).map(([path, property]) => [path, dim(property)])) };
}

/** A value that may be shown as a fact. */
export function isKnown(property: Property | null | undefined): property is Property {
  return !!property && property.value !== null && property.quality !== 'unknown';
}

export function isFresh(property: Property | null | undefined): property is Property {
  return isKnown(property) && property.quality !== 'stale';
}

export function isOn(device: Device): boolean {
  return powerOf(device)?.value === true;
}

/** Makers write "nothing" in many ways. */
const NO_FAULT = /^(|0|none|no|normal|ok|no[ _-]?faults?)$/i;

/** Whether the device says that something is wrong with it. */
function hasFault(property: Property): boolean {
  return isKnown(property) && !NO_FAULT.test(String(property.value).trim());
}

export type Need =
  | { kind: 'offline' | 'locked_out' | 'fault'; reason: string }
  | { kind: 'filter'; percent: Property }
  | { kind: 'filter_alert' };

/** Filters below this are due; the maker's own apps warn at the same point. */
const FILTER_LOW = 10;

/** What needs a person at this device, most pressing first. */
export function needsOf(device: Device): Need[] {
  const { state, reason } = device.availability;
  if (state === 'offline' || state === 'locked_out') return [{ kind: state, reason }];
  const needs: Need[] = [];
  for (const property of propertiesOf(device)) {
    if (!isFresh(property)) continue;
    if (property.trait === 'fault' && hasFault(property)) {
      needs.push({ kind: 'fault', reason: String(property.value) });
    } else if (property.name === 'filter_life' && typeof property.value === 'number' && property.value < FILTER_LOW) {
      needs.push({ kind: 'filter', percent: property });
    } else if (property.name === 'filter_alert' && property.value === true) {
      needs.push({ kind: 'filter_alert' });
    }
  }
  return needs;
}

/** The colour a device's page and card take: what it does to the air. */
export function toneOf(device: Device): 'cooling' | 'heating' | '' {
  const mode = device.properties.mode?.value;
  if (mode === 'cool') return 'cooling';
  return mode === 'heat' ? 'heating' : '';
}
