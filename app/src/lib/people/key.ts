// A key as the page edits it, and the grants that say the same; what of somebody's grants is no such key is kept apart, as it
// stands. Pure.

import type { Grant, Hours } from './types';

export interface Key {
  rooms: string[];
  /** Every room of the home, and those that come; takes kinds or traits beside it: without them it would be the whole home. */
  anywhere: boolean;
  /** Of what stands in the rooms, these kinds of device; null for all. A device that is picked by itself has no kind to fit. */
  kinds: string[] | null;
  devices: string[];
  /** A single device only for as long as it stands in the room where it stands now. */
  stay: boolean;
  /** Of each device, these traits; null for everything. */
  traits: string[] | null;
  operate: boolean;
  hours: Hours | null;
}

/** In which room a device stands; empty for none. */
export type Place = (device: string) => string;

/** The hour at which a visit ends, where nothing else is said. */
const EVENING = 20;

export const emptyKey = (): Key => ({ rooms: [], anywhere: false, kinds: null, devices: [], stay: false, traits: null, operate: true, hours: null });

/** Whether anything of it stands in the fold that most never open. */
export const isNarrow = (key: Key): boolean => key.kinds !== null || key.traits !== null || key.anywhere || key.stay;

/** What keeps it from being given: a list with nothing in it, or every room and nothing that narrows. */
export function keyLacks(key: Key): '' | 'kinds' | 'traits' | 'anywhere' {
  if (key.kinds?.length === 0 && (key.anywhere || key.rooms.length > 0)) return 'kinds';
  if (key.traits?.length === 0) return 'traits';
  return key.anywhere && key.kinds === null && key.traits === null ? 'anywhere' : '';
}

/** Names in one grant narrow each other, so rooms and devices go into a grant each; a key that lacks something says less. */
export function grantsOf(key: Key, place: Place = () => ''): Grant[] {
  if (key.traits?.length === 0) return [];
  const rest = {
    verbs: key.operate ? (['see', 'operate'] as const) : (['see'] as const),
    ...(key.traits ? { traits: key.traits } : {}), ...(key.hours ? { hours: key.hours } : {}),
  };
  const found: Grant[] = [];
  const kinds = key.kinds ? { kinds: key.kinds } : {};
  if (key.anywhere) {
    if (keyLacks(key) === '') found.push({ ...rest, ...kinds });
  } else if (key.rooms.length > 0 && key.kinds?.length !== 0) found.push({ ...rest, rooms: key.rooms, ...kinds });
  const homes = new Map<string, string[]>();
  for (const id of key.devices) {
    const room = key.stay ? place(id) : '';
    homes.set(room, [...(homes.get(room) ?? []), id]);
  }
  for (const [room, devices] of homes) found.push({ ...rest, ...(room ? { rooms: [room] } : {}), devices });
  return found;
}

/** The rooms into which somebody may let guests: a grant of its own, without end. */
export const shareOf = (rooms: readonly string[]): Grant[] => (rooms.length > 0 ? [{ verbs: ['see', 'share'], rooms }] : []);

/** Grants in two: the rooms that are shared as `shareOf` says it, and all the rest. */
export function apart(grants: readonly Grant[]): { shared: string[]; rest: Grant[] } {
  const plain = ({ verbs, rooms, ...more }: Grant): boolean =>
    rooms !== undefined && Object.keys(more).length === 0 && verbs.includes('share') && !verbs.includes('operate') && !verbs.includes('configure');
  return { shared: grants.filter(plain).flatMap((it) => it.rooms ?? []), rest: grants.filter((it) => !plain(it)) };
}

/** What a maker's service may: the devices of this maker, all of them, or the ones that are named, or of these kinds. */
export function serviceGrants(maker: string, kinds: readonly string[], devices: readonly string[], operate: boolean): Grant[] {
  if (!maker) return [];
  const whose: Grant = { verbs: operate ? ['see', 'operate'] : ['see'], makers: [maker] };
  if (kinds.length + devices.length === 0) return [whose];
  return [...(kinds.length > 0 ? [{ ...whose, kinds }] : []), ...(devices.length > 0 ? [{ ...whose, devices }] : [])];
}

/** Somebody's grants as the page has them: the key that some of them are (`taken`), and those that no key says (`kept`). */
export interface Split {
  key: Key;
  taken: Grant[];
  kept: Grant[];
}

const inOrder = (names: readonly string[] | undefined): string[] | null => (names ? [...new Set(names)].sort() : null);
const written = (of: unknown): string => JSON.stringify(of);

export function keyOf(grants: readonly Grant[], place: Place = () => ''): Split {
  const split: Split = { key: emptyKey(), taken: [], kept: [] };
  /** What the first that is a room's, and a single device's, says of kinds and of staying holds for those after it. */
  const said: { kinds?: string; stay?: boolean } = {};
  for (const grant of grants) (take(split.key, grant, place, said, split.taken.length === 0) ? split.taken : split.kept).push(grant);
  return split;
}

/** Takes the grant into the key, where both together still say the same. */
function take(key: Key, grant: Grant, place: Place, said: { kinds?: string; stay?: boolean }, first: boolean): boolean {
  const { verbs, rooms, devices, kinds, traits, hours, ...more } = grant;
  if (Object.keys(more).length > 0 || verbs.includes('configure') || verbs.includes('share')) return false;
  if (kinds?.length === 0 || traits?.length === 0) return false; // opens nothing; in a key that is one not ready
  const own = { traits: inOrder(traits), operate: verbs.includes('operate'), hours: hours ?? null };
  if (!first && written(own) !== written({ traits: key.traits, operate: key.operate, hours: key.hours })) return false;
  if (devices) {
    const stay = staying(devices, rooms, place);
    if (kinds || stay === 'neither' || (stay !== 'either' && said.stay !== undefined && said.stay !== stay)) return false;
    if (stay !== 'either') said.stay = key.stay = stay;
    key.devices = [...new Set([...key.devices, ...devices])];
  } else {
    const shape = written([inOrder(kinds), rooms === undefined]);
    if ((!rooms && !kinds && !traits) || (said.kinds !== undefined && said.kinds !== shape)) return false;
    if (!rooms || rooms.length > 0) [said.kinds, key.kinds] = [shape, inOrder(kinds)];
    key.anywhere ||= rooms === undefined;
    key.rooms = [...new Set([...key.rooms, ...(rooms ?? [])])];
  }
  Object.assign(key, own);
  return true;
}

/** Whether these devices are named with the one room where they stand; `neither`: with another. What stands in no room is not bound. */
function staying(devices: readonly string[], rooms: readonly string[] | undefined, place: Place): boolean | 'either' | 'neither' {
  if (!rooms) return devices.some((id) => place(id)) ? false : 'either';
  if (rooms.length !== 1 || devices.some((id) => place(id) !== rooms[0])) return 'neither';
  return devices.length > 0 ? true : 'either';
}

/** What goes back to the hub: a key that was not changed is as it came, to the letter. */
export function grantsBack(was: Split, key: Key, kept: readonly Grant[], place: Place = () => ''): Grant[] {
  const own = grantsOf(key, place);
  return [...(written(own) === written(grantsOf(was.key, place)) ? was.taken : own), ...kept];
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
