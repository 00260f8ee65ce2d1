// What matters at home now, from what every device says: temperature indoors, the air, what runs, what needs a person. Pure.

import type { Device } from './home.svelte';
import { find, isFresh, isOn, needsOf, propertiesOf, type Need } from './traits';
import type { Property } from './types';

export interface Summary {
  /** Coolest and warmest room, in °C; null where no fresh value is known. */
  indoors: { low: number; high: number; of: Property } | null;
  /** The worst room's PM2.5. */
  air: { value: number; of: Property } | null;
  running: Device[];
  needs: { device: Device; need: Need }[];
}

export function summaryOf(devices: readonly Device[]): Summary {
  const reachable = devices.filter((device) => device.availability.state === 'online');
  const temperatures = reachable.flatMap(roomTemperature);
  const airs = reachable.flatMap((device) => find(device, 'air_quality', 'pm2_5') ?? []).filter(isNumber);
  const values = temperatures.map((property) => property.value as number);
  const of = temperatures[0];
  const worst = airs.reduce<Property | null>((one, two) => (one && Number(one.value) >= Number(two.value) ? one : two), null);
  return {
    indoors: of ? { low: Math.min(...values), high: Math.max(...values), of } : null,
    air: worst ? { value: Number(worst.value), of: worst } : null,
    running: reachable.filter(isOn),
    needs: devices.flatMap((device) => needsOf(device).map((need) => ({ device, need }))),
  };
}

/** Kinds whose temperature is their own inside, not the room's. */
const NOT_A_ROOM = new Set(['refrigerator', 'oven', 'rice_cooker', 'dishwasher', 'cook_surface', 'wristband', 'water_heater']);

function roomTemperature(device: Device): Property[] {
  if (NOT_A_ROOM.has(device.kind)) return [];
  return propertiesOf(device).filter((it) => it.trait === 'temperature' && it.path === 'temperature' && it.unit === 'Cel' && isNumber(it));
}

function isNumber(property: Property): boolean {
  return isFresh(property) && typeof property.value === 'number';
}
