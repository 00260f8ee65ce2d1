// What stands large on a device: chosen from its traits, so a product that nobody has seen yet has its face too. Pure.

import type { Device } from '../home.svelte';
import { controlFor, find, isKnown, propertiesOf } from '../traits';
import type { Property } from '../types';

export interface Compartment {
  component: string;
  target: Property | null;
  current: Property | null;
  door: Property | null;
}

export type Hero =
  | { kind: 'thermostat' | 'humidistat'; target: Property; current: Property | null }
  | { kind: 'air'; pm25: Property }
  | { kind: 'light'; level: Property | null; warmth: Property | null; color: Property | null }
  | { kind: 'fan'; speed: Property }
  | { kind: 'cover'; position: Property | null; target: Property | null; control: Property | null }
  | { kind: 'vacuum'; status: Property | null; battery: Property | null }
  | { kind: 'programme'; status: Property; programme: Property | null; phase: Property | null; left: Property | null }
  | { kind: 'compartments'; parts: Compartment[] }
  | { kind: 'wristband'; steps: Property | null; heart: Property | null; asleep: Property | null }
  | { kind: 'sense'; of: Property[] }
  | { kind: 'climate'; temperature: Property | null; humidity: Property | null }
  | { kind: 'meter'; power: Property; energy: Property | null }
  | null;

type Finder = (device: Device) => Hero;

const main = (device: Device, name: string): Property | null => {
  const property = device.properties[name];
  return property && (property.readable || property.writable) ? property : null;
};
const numeric = (property: Property | null): property is Property => !!property && (property.kind === 'int' || property.kind === 'float');
const does = (device: Device, action: string): boolean => device.actions.some((it) => it.path === action);

/** What says that something is so: open, there, wet, smoking. */
const SENSES = ['smoke', 'water_leak', 'contact', 'occupied'];
/** Whose status is a programme that ends, also where they tell no time. */
const PROGRAMMES = new Set([
  'dishwasher', 'laundry_washer', 'laundry_dryer', 'oven', 'microwave_oven', 'rice_cooker', 'pressure_cooker', 'air_fryer', 'coffee_machine',
]);

const wristband: Finder = (device) => {
  const [steps, heart] = [find(device, 'wristband', 'steps'), find(device, 'wristband', 'heart_rate')];
  if (device.kind !== 'wristband' && !steps) return null;
  return steps || heart ? { kind: 'wristband', steps, heart, asleep: find(device, 'wristband', 'asleep') } : null;
};

const compartments: Finder = (device) => {
  const names = [...new Set(propertiesOf(device).filter((it) => it.name === 'target_temperature' || it.name === 'temperature').map((it) => it.component))];
  if (device.kind !== 'refrigerator' && names.length < 2) return null;
  const at = (component: string, name: string): Property | null => device.properties[component === 'main' ? name : `${component}.${name}`] ?? null;
  const parts = names.map((component) => ({
    component, target: at(component, 'target_temperature'), current: at(component, 'temperature'), door: at(component, 'door_open'),
  }));
  return parts.some((part) => part.target) || (device.kind === 'refrigerator' && parts.length > 0) ? { kind: 'compartments', parts } : null;
};

const cover: Finder = (device) => {
  const [position, target, control] = [main(device, 'position'), main(device, 'target_position'), main(device, 'cover_control')];
  return target || control ? { kind: 'cover', position: numeric(position) ? position : null, target, control } : null;
};

const vacuum: Finder = (device) =>
  device.kind === 'robot_vacuum' || does(device, 'start_cleaning')
    ? { kind: 'vacuum', status: main(device, 'status'), battery: find(device, 'battery', 'battery') } : null;

const programme: Finder = (device) => {
  const [status, left, chosen] = [main(device, 'status'), main(device, 'remaining_time'), main(device, 'programme')];
  if (!status || !(PROGRAMMES.has(device.kind) || left || chosen)) return null;
  return { kind: 'programme', status, programme: chosen, phase: main(device, 'phase'), left };
};

const light: Finder = (device) => {
  const [level, warmth, color] = [main(device, 'light_level'), main(device, 'color_temperature') ?? main(device, 'warmth'), main(device, 'color')];
  if (device.kind !== 'light' && !level) return null;
  return level || warmth || color ? { kind: 'light', level, warmth: numeric(warmth) ? warmth : null, color } : null;
};

const thermostat: Finder = (device) => {
  const target = find(device, 'thermostat', 'target_temperature');
  if (!target || controlFor({ ...target, operable: true }) !== 'range') return null;
  const all = propertiesOf(device);
  const beside = all.find((it) => it.name === 'temperature' && it.component === target.component);
  return { kind: 'thermostat', target, current: beside ?? find(device, 'temperature', 'water_temperature') ?? find(device, 'temperature', 'temperature') };
};

const humidistat: Finder = (device) => {
  const target = main(device, 'target_humidity');
  return target && controlFor({ ...target, operable: true }) === 'range' ? { kind: 'humidistat', target, current: main(device, 'humidity') } : null;
};

const air: Finder = (device) => {
  const pm25 = find(device, 'air_quality', 'pm2_5');
  // A box that can read many sensors says which it has by what it has heard.
  return pm25 && (isKnown(pm25) || !isAdvertised(device)) ? { kind: 'air', pm25 } : null;
};

const fan: Finder = (device) => {
  const speed = main(device, 'fan_percent') ?? main(device, 'fan_level');
  return speed && numeric(speed) && speed.low !== null && speed.high !== null ? { kind: 'fan', speed } : null;
};

const sense: Finder = (device) => {
  const there = SENSES.flatMap((name) => main(device, name) ?? []).filter((it) => !it.writable);
  const known = there.filter(isKnown);
  if (known.length > 0) return { kind: 'sense', of: known };
  return there.length === 1 && there[0] ? { kind: 'sense', of: there } : null;
};

const climate: Finder = (device) => {
  const [temperature, humidity] = [main(device, 'temperature'), main(device, 'humidity')];
  return temperature && !temperature.writable ? { kind: 'climate', temperature, humidity } : null;
};

const meter: Finder = (device) => {
  const power = main(device, 'electric_power');
  return power ? { kind: 'meter', power, energy: main(device, 'energy') } : null;
};

/** The first that fits: what a thing is for, before what it also measures. */
const FINDERS: readonly Finder[] = [wristband, compartments, cover, vacuum, programme, light, thermostat, humidistat, air, fan, sense, climate, meter];

export function heroOf(device: Device): Hero {
  for (const finder of FINDERS) {
    const hero = finder(device);
    if (hero) return hero;
  }
  return null;
}

/** The properties that the hero shows: they stand nowhere else on the page. */
export function shownBy(hero: Hero): Property[] {
  if (!hero) return [];
  if (hero.kind === 'compartments') return hero.parts.flatMap(({ target, current, door }) => [target, current, door].filter((it) => it !== null));
  if (hero.kind === 'sense') return hero.of;
  if (hero.kind === 'thermostat' || hero.kind === 'humidistat') return [hero.target]; // the other value is a reading with a chart
  return Object.values(hero).filter((it): it is Property => typeof it === 'object' && it !== null);
}

/** The actions that the hero offers as buttons of its own. */
export function doneBy(hero: Hero): readonly string[] {
  if (hero?.kind === 'vacuum') return ['start_cleaning', 'stop_cleaning', 'dock'];
  return hero?.kind === 'programme' ? ['start', 'pause', 'resume', 'stop'] : [];
}

/** A thing that only calls out what it has: of what it never said nothing is known, also not whether it has it. */
export const isAdvertised = (device: Pick<Device, 'family'>): boolean => device.family === 'bthome' || device.family === 'mibeacon';
