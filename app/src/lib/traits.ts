// From definitions to controls, and the questions that are asked of every device's values. Knows no product and no maker.

import type { Device } from './home.svelte';
import type { Definition, Property } from './types';

export type Control = 'switch' | 'choice' | 'steps' | 'range' | 'number' | 'text' | 'reading';

/** With so few whole-number positions, buttons are quicker than a slider. */
const STEPS_AT_MOST = 5;

export function controlFor(def: Definition): Control {
  if (!def.writable || def.operable === false) return 'reading';
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

export function propertiesOf(device: Device): Property[] {
  return device.order.flatMap((path) => device.properties[path] ?? []);
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

/** What the chart of the last day shows. */
export function chartsOf(device: Device): Property[] {
  const power = device.kind === 'outlet' ? find(device, 'energy', 'electric_power') : null;
  return [find(device, 'air_quality', 'pm2_5'), find(device, 'temperature', 'temperature'), power].filter((it) => it !== null);
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

/** Whether whoever is signed in may change something about the device itself: its name, its room, its leaving. */
export const mayConfigure = (device: Pick<Device, 'may'>): boolean => device.may?.includes('configure') ?? true;

/** A time that runs down and stands at its end: nothing is timed, and `in 0 min` would say that it happens now. */
export const isNoTime = (def: Pick<Property, 'unit' | 'value'>): boolean => (def.unit === 's' || def.unit === 'min') && def.value === 0;

/** Something of it could be operated, but nothing by whoever looks. What only some may set (a child lock) makes nobody a looker-on. */
export function looksOnly(device: Device): boolean {
  const settable = [...Object.values(device.properties).filter((it) => it.writable), ...device.actions];
  if (settable.length === 0) return false;
  return settable.every((it) => it.operable === false) || device.may?.includes('operate') === false;
}

export function isOn(device: Device): boolean {
  return powerOf(device)?.value === true;
}

/** The colour a device's page and card take: what it does to the air. */
export function toneOf(device: Device): 'cooling' | 'heating' | '' {
  const mode = device.properties.mode?.value;
  if (mode === 'cool') return 'cooling';
  return mode === 'heat' ? 'heating' : '';
}
