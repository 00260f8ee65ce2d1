// What matters at home now, from what every device says: the climate and the air indoors, what stands open, what runs and
// until when, and what needs a person. Pure.

import { heroOf } from './cards/hero';
import { endOf, stageOf } from './cards/stage';
import { needsOf, type Need } from './home/needs';
import type { Device } from './home.svelte';
import { find, isFresh, isKnown, isOn, propertiesOf } from './traits';
import type { Property } from './types';

export interface Span {
  low: number;
  high: number;
  of: Property;
}

export interface Running {
  device: Device;
  /** Epoch seconds at which it ends by itself; null where nobody knows. */
  until: number | null;
}

export interface Summary {
  /** Coolest and warmest room, in °C; null where no fresh value is known. */
  indoors: Span | null;
  /** Driest and dampest room, in %. */
  humidity: Span | null;
  /** What the sensor outdoors tells; null where there is none. It is none of the rooms above. */
  outdoors: { temperature: Property | null; humidity: Property | null; air: Property | null } | null;
  /** The worst room's PM2.5. */
  air: { value: number; of: Property } | null;
  running: Running[];
  /** Doors and windows that a sensor says are open. */
  open: Device[];
  /** Where somebody is, by its sensors: ids of rooms. */
  there: string[];
  needs: { device: Device; need: Need }[];
}

export function summaryOf(devices: readonly Device[]): Summary {
  const reachable = devices.filter((device) => device.availability.state === 'online');
  const inside = reachable.filter((device) => !device.outdoors);
  const airs = inside.flatMap((device) => find(device, 'air_quality', 'pm2_5') ?? []).filter(isNumber);
  const worst = airs.reduce<Property | null>((one, two) => (one && Number(one.value) >= Number(two.value) ? one : two), null);
  return {
    indoors: spanOf(inside.flatMap((device) => ofRoom(device, 'temperature', 'Cel'))),
    humidity: spanOf(inside.flatMap((device) => ofRoom(device, 'humidity', '%'))),
    outdoors: outdoorsOf(reachable.find((device) => device.outdoors)),
    air: worst ? { value: Number(worst.value), of: worst } : null,
    running: reachable.flatMap((device) => runningOf(device) ?? []),
    open: reachable.filter((device) => isFresh(device.properties.contact) && device.properties.contact.value === false),
    there: [...new Set(reachable.filter((it) => isFresh(it.properties.occupied) && it.properties.occupied.value === true).map((it) => it.room))],
    needs: devices.flatMap((device) => needsOf(device).map((need) => ({ device, need }))),
  };
}

function outdoorsOf(device: Device | undefined): Summary['outdoors'] {
  if (!device) return null;
  const read = (path: string): Property | null => {
    const property = device.properties[path];
    return property && isNumber(property) ? property : null;
  };
  const told = { temperature: read('temperature'), humidity: read('humidity'), air: read('pm2_5') };
  return told.temperature || told.humidity || told.air ? told : null;
}

/** Watts under which nothing runs on an outlet that measures: a charger without its phone, a machine that stands by. */
const STANDBY = 5;

/** Kinds whose power is on as long as they stand there. */
const ALWAYS_ON = new Set(['refrigerator', 'camera', 'doorbell', 'speaker', 'wristband']);

/** What runs: switched on, or busy with a programme, and until when. */
export function runningOf(device: Device): Running | null {
  if (ALWAYS_ON.has(device.kind)) return null;
  const hero = heroOf(device);
  if (hero?.kind === 'programme' || hero?.kind === 'vacuum') {
    const busy = isKnown(hero.status) && stageOf(String(hero.status.value)) === 'running';
    return busy ? { device, until: hero.kind === 'programme' ? endOf(hero.left) : null } : null;
  }
  if (!isOn(device)) return null;
  const drawn = device.kind === 'outlet' ? device.properties.electric_power : undefined;
  if (drawn && isNumber(drawn) && Number(drawn.value) < STANDBY) return null;
  return { device, until: endOf(device.properties.off_delay ?? null) };
}

/** Kinds whose temperature is their own inside, not the room's. */
const NOT_A_ROOM = new Set([
  'refrigerator', 'oven', 'microwave_oven', 'air_fryer', 'rice_cooker', 'pressure_cooker', 'dishwasher', 'cook_surface', 'wristband', 'water_heater',
  'kettle', 'coffee_machine', 'electric_blanket', 'laundry_dryer', 'laundry_washer',
]);

/** What a device says of the room it stands in. */
export function ofRoom(device: Device, name: 'temperature' | 'humidity', unit: string): Property[] {
  if (NOT_A_ROOM.has(device.kind)) return [];
  return propertiesOf(device).filter((it) => it.trait === name && it.path === name && it.unit === unit && !it.writable && isNumber(it));
}

function spanOf(of: readonly Property[]): Span | null {
  const values = of.map((property) => property.value as number);
  return of[0] ? { low: Math.min(...values), high: Math.max(...values), of: of[0] } : null;
}

function isNumber(property: Property): boolean {
  return isFresh(property) && typeof property.value === 'number';
}
