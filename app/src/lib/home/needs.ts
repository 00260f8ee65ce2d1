// What needs a person at a device, from its values. Owns the bounds at which something is due. Pure.

import type { Device } from '../home.svelte';
import { isFresh, isKnown, propertiesOf } from '../traits';
import type { Property } from '../types';

export type Need =
  | { kind: 'offline' | 'locked_out' | 'fault'; reason: string; says?: unknown }
  | { kind: 'filter' | 'battery' | 'part'; percent: Property }
  | { kind: 'filter_alert' | 'smoke' | 'leak' | 'door' | 'tank_full' | 'tank_missing' | 'refill'; of: Property };

/** Filters and brushes below this are due; the makers' own apps warn at the same point. */
const PART_LOW = 10;
/** A coin cell's last weeks begin about here. */
const BATTERY_LOW = 15;

/** Makers write "nothing" in many ways. */
const NO_FAULT = /^(|0|none|no|normal|ok|无错误|no[ _-]?faults?)$/i;

/** Whether the device says that something is wrong with it. */
export function hasFault(property: Property): boolean {
  return isKnown(property) && property.value !== false && !NO_FAULT.test(String(property.value).trim());
}

/** What needs nobody on the far side of these words: a flag of the vocabulary, and what it means for a person. */
const FLAGS: Readonly<Record<string, Extract<Need, { of: Property }>['kind']>> = {
  smoke: 'smoke', water_leak: 'leak', filter_alert: 'filter_alert', tank_full: 'tank_full', tank_missing: 'tank_missing',
  water_low: 'refill', rinse_aid_low: 'refill', salt_low: 'refill',
};
/** What must not wait stands first. */
const ORDER: readonly Need['kind'][] = ['smoke', 'leak', 'fault', 'door', 'locked_out', 'offline'];

/** What goes out with its wearer and comes back by itself. */
export const isCarried = (device: Pick<Device, 'kind'>): boolean => device.kind === 'wristband';

/** What needs a person at this device, most pressing first. One that is away needs only that. */
export function needsOf(device: Device): Need[] {
  const { state, reason, says } = device.availability;
  if (state === 'offline' && isCarried(device)) return [];
  if (state === 'offline' || state === 'locked_out') return [{ kind: state, reason, says }];
  const needs = propertiesOf(device).flatMap((property) => (isFresh(property) ? (needOf(device, property) ?? []) : []));
  const place = (need: Need): number => (ORDER.indexOf(need.kind) + ORDER.length + 1) % (ORDER.length + 1);
  return needs.sort((one, two) => place(one) - place(two));
}

function needOf(device: Device, property: Property): Need | null {
  const { name, value } = property;
  if (property.trait === 'fault') return hasFault(property) ? { kind: 'fault', reason: value === true ? '' : String(value) } : null;
  const flag = FLAGS[name];
  if (flag) return value === true ? { kind: flag, of: property } : null;
  // A washing machine's open door is nobody's worry, a refrigerator's is.
  if (name === 'door_open') return value === true && device.kind === 'refrigerator' ? { kind: 'door', of: property } : null;
  if (typeof value !== 'number' || property.unit !== '%') return null;
  if (name === 'filter_life') return value < PART_LOW ? { kind: 'filter', percent: property } : null;
  if (name === 'brush_life' || name === 'mop_life') return value < PART_LOW ? { kind: 'part', percent: property } : null;
  if (name === 'battery') return value < BATTERY_LOW && !isCharging(device) ? { kind: 'battery', percent: property } : null;
  return null;
}

const isCharging = (device: Device): boolean => propertiesOf(device).some((it) => it.name === 'charging' && it.value === 'charging');
