// A key as the page edits it: rooms, single devices, whether it operates, and hours; and the grants that say the same. Pure.

import type { Grant, Hours } from './types';

export interface Key {
  rooms: string[];
  devices: string[];
  operate: boolean;
  hours: Hours | null;
}

/** The hour at which a visit ends, where nothing else is said. */
const EVENING = 20;

export const emptyKey = (): Key => ({ rooms: [], devices: [], operate: true, hours: null });

/** Names in one grant narrow each other, so rooms and devices go into a grant each. */
export function grantsOf(key: Key): Grant[] {
  const rest = { verbs: key.operate ? (['see', 'operate'] as const) : (['see'] as const), ...(key.hours ? { hours: key.hours } : {}) };
  const found: Grant[] = [];
  if (key.rooms.length > 0) found.push({ ...rest, rooms: key.rooms });
  if (key.devices.length > 0) found.push({ ...rest, devices: key.devices });
  return found;
}

/** The key that these grants are; null where they say more than one key can. */
export function keyOf(grants: readonly Grant[]): Key | null {
  const key = emptyKey();
  const same = (of: Grant): string => JSON.stringify([[...of.verbs].sort(), of.hours ?? null]);
  for (const grant of grants) {
    const { verbs, rooms, devices, hours, ...more } = grant;
    if (Object.keys(more).length > 0 || (rooms === undefined) === (devices === undefined) || verbs.includes('configure')) return null;
    if (grants[0] && same(grant) !== same(grants[0])) return null;
    key.rooms.push(...(rooms ?? []));
    key.devices.push(...(devices ?? []));
    key.operate = verbs.includes('operate');
    key.hours = hours ?? null;
  }
  return key;
}

/** The next Sunday evening after `now` (epoch seconds), by this phone's clock; epoch seconds. */
export function sundayEvening(now: number): number {
  const day = new Date(now * 1000);
  day.setDate(day.getDate() + ((7 - day.getDay()) % 7));
  day.setHours(EVENING, 0, 0, 0);
  if (day.getTime() <= now * 1000) day.setDate(day.getDate() + 7);
  return day.getTime() / 1000;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Epoch seconds as `<input type="datetime-local">` has them. */
export function toField(at: number): string {
  const day = new Date(at * 1000);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** Epoch seconds; null for an empty field. */
export function fromField(text: string): number | null {
  const at = text ? new Date(text).getTime() / 1000 : NaN;
  return Number.isFinite(at) ? at : null;
}
