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

/** The rooms into which somebody may let guests: a grant of its own, without end. */
export const shareOf = (rooms: readonly string[]): Grant[] => (rooms.length > 0 ? [{ verbs: ['see', 'share'], rooms }] : []);

/** Grants in two: the rooms that are shared as `shareOf` says it, and all the rest. */
export function apart(grants: readonly Grant[]): { shared: string[]; rest: Grant[] } {
  const plain = (it: Grant): boolean => it.verbs.includes('share') && !it.verbs.includes('operate') && !it.verbs.includes('configure') && it.until === undefined;
  return { shared: grants.filter(plain).flatMap((it) => it.rooms ?? []), rest: grants.filter((it) => !plain(it)) };
}

/** What a maker's service may: the devices of this maker, all of them, or the ones that are named, or of these kinds. */
export function serviceGrants(maker: string, kinds: readonly string[], devices: readonly string[], operate: boolean): Grant[] {
  if (!maker) return [];
  const whose: Grant = { verbs: operate ? ['see', 'operate'] : ['see'], makers: [maker] };
  if (kinds.length + devices.length === 0) return [whose];
  return [...(kinds.length > 0 ? [{ ...whose, kinds }] : []), ...(devices.length > 0 ? [{ ...whose, devices }] : [])];
}

/** The key that these grants are; null where they say more than one key can. */
export function keyOf(grants: readonly Grant[]): Key | null {
  const key = emptyKey();
  const same = (of: Grant): string => JSON.stringify([[...of.verbs].sort(), of.hours ?? null]);
  for (const grant of grants) {
    const { verbs, rooms, devices, hours, ...more } = grant;
    if (Object.keys(more).length > 0 || (rooms === undefined) === (devices === undefined) || verbs.includes('configure') || verbs.includes('share')) return null;
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
