// What a device's page consists of: each property in one place, by trait. Knows no product and no maker. Pure.

import type { Device } from '../home.svelte';
import { controlFor, isNoTime, powerOf, propertiesOf } from '../traits';
import type { Action, Property } from '../types';
import { doneBy, heroOf, isAdvertised, shownBy, type Hero } from './hero';
import { hasFault } from '../home/needs';

export interface Layout {
  power: Property | null;
  hero: Hero;
  /** What people change every day: modes, speeds, light. */
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

const PRIMARY = ['mode', 'fan', 'thermostat', 'humidistat', 'light', 'operation', 'cooking', 'cleaning'];
/** Readings that matter most come first; the rest keep the device's own order. */
const READING_ORDER = ['wristband', 'temperature', 'humidity', 'air_quality', 'filter', 'energy', 'battery', 'fan'];

const place = (trait: string, order: readonly string[]): number => {
  const at = order.indexOf(trait);
  return at < 0 ? order.length : at;
};

export function layout(device: Device): Layout {
  const [power, hero] = [powerOf(device), heroOf(device)];
  const taken = new Set([...(power ? [power] : []), ...shownBy(hero)].map((it) => it.path));
  const done = new Set(doneBy(hero));
  const result: Layout = {
    power, hero, primary: [], options: [], adjust: [], readings: [], vendor: [],
    actions: device.actions.filter((it) => it.trait !== 'vendor' && !done.has(it.path) && !(power && it.trait === 'on_off')),
    vendorActions: device.actions.filter((it) => it.trait === 'vendor'),
  };
  const silent = isAdvertised(device);
  for (const property of propertiesOf(device)) {
    if (taken.has(property.path) || !(property.readable || property.writable)) continue;
    if (property.trait === 'fault' && !hasFault(property)) continue;
    if (silent && property.value === null && property.raw === null) continue;
    const list = listFor(property, result);
    if (list !== result.readings || !isNoTime(property)) list.push(property);
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
