// A key and its grants: what the page shows is what the hub has, and what it cannot show comes back to the letter. Grants of
// a thousand homes by chance are read as the hub reads them, before and after.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { app } from '../src/lib/app.svelte';
import { emptyKey, grantsBack, grantsOf, isNarrow, keyLacks, keyOf, type Key } from '../src/lib/people/key';
import { kindsThere, opened, traitsThere } from '../src/lib/people/opens';
import { keyWords } from '../src/lib/people/sentences';
import type { Grant, Hours, Verb } from '../src/lib/people/types';
import { prefs } from '../src/lib/prefs.svelte';
import { Chance } from './chance';
import { device, deviceJson, homeJson, power, property } from './made';

const [ROOMS, KINDS, TRAITS] = [['a', 'b', 'c'], ['light', 'oven', 'fan'], ['on_off', 'temperature', 'light']];
const DEVICES = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6'];
const HOURS: Hours = { days: [0, 6], from: '08:00', to: '20:00' };
/** d1 and d2 in a, d3 and d4 in b, d5 in c, d6 in none. */
const place = (id: string): string => ({ d1: 'a', d2: 'a', d3: 'b', d4: 'b', d5: 'c' })[id] ?? '';

/** Every answer that the hub could give: for each verb and resource the hours at which, and whether by a device's or a kind's name. */
function meaning(grants: readonly Grant[]): string[] {
  const found = new Set<string>();
  const within = (names: readonly string[] | undefined, name: string): boolean => names === undefined || names.includes(name);
  for (const grant of grants)
    for (const verb of grant.verbs)
      for (const it of DEVICES)
        for (const kind of KINDS)
          for (const trait of ['', ...TRAITS]) {
            if (!within(grant.devices, it) || !within(grant.rooms, place(it)) || !within(grant.kinds, kind) || grant.kinds?.length === 0) continue;
            if (trait ? !within(grant.traits, trait) : grant.traits?.length === 0) continue;
            found.add([verb, it, kind, trait, grant.devices !== undefined, grant.kinds !== undefined, JSON.stringify(grant.hours), grant.until, String(grant.makers)].join());
            if (!grant.rooms && !grant.devices) found.add([verb, 'rooms to come', String([...(grant.kinds ?? [])].sort()), trait].join());
          }
  return [...found].sort();
}

function grantBy(chance: Chance): Grant {
  const verbs: Verb[] = chance.maybe(0.05) ? ['see', 'operate', 'configure'] : chance.maybe(0.7) ? ['see', 'operate'] : ['see'];
  const list = (name: string, of: readonly string[], share: number): object => (chance.maybe(share) ? { [name]: chance.some(of, 0.4) } : {});
  return {
    verbs, ...list('rooms', ROOMS, 0.6), ...list('devices', DEVICES, 0.4), ...list('kinds', KINDS, 0.3), ...list('traits', TRAITS, 0.3),
    ...(chance.maybe(0.2) ? { hours: HOURS } : {}), ...(chance.maybe(0.05) ? { until: 5 } : {}), ...(chance.maybe(0.05) ? { makers: ['Acme'] } : {}),
  };
}

function keyBy(chance: Chance): Key {
  const anywhere = chance.maybe(0.2);
  const kinds = chance.maybe(0.3) ? [...chance.some(KINDS), 'fan'].filter((it, at, all) => all.indexOf(it) === at).sort() : null;
  const traits = chance.maybe(0.3) || (anywhere && !kinds) ? ['light', ...chance.some(['on_off', 'temperature'])].sort() : null;
  const rooms = anywhere ? [] : chance.some(ROOMS);
  const devices = chance.some(DEVICES, 0.3);
  // what says nothing is not there: a key that is read has kinds only with rooms, and stays only with devices that stand somewhere
  const stay = devices.some((it) => place(it)) && chance.maybe();
  return { rooms, anywhere, kinds: anywhere || rooms.length > 0 ? kinds : null, devices, stay, traits, operate: chance.maybe(), hours: chance.maybe(0.3) ? HOURS : null };
}

const sorted = (key: Key): Key => ({ ...key, rooms: [...key.rooms].sort(), devices: [...key.devices].sort() });

describe('a key and its grants', () => {
  it('says rooms and devices in a grant each, for in one they narrow each other', () => {
    const key = { ...emptyKey(), rooms: ['bedroom'], kinds: ['light'], devices: ['lamp'], traits: ['on_off'] };
    expect(grantsOf(key)).toEqual([
      { verbs: ['see', 'operate'], traits: ['on_off'], rooms: ['bedroom'], kinds: ['light'] },
      { verbs: ['see', 'operate'], traits: ['on_off'], devices: ['lamp'] },
    ]);
  });
  it('a device that stays is named with its room, each room by itself', () => {
    const key = { ...emptyKey(), devices: ['d1', 'd3', 'd2'], stay: true };
    expect(grantsOf(key, place).map((it) => [it.rooms, it.devices])).toEqual([[['a'], ['d1', 'd2']], [['b'], ['d3']]]);
    const moved = keyOf(grantsOf(key, place), () => 'c');
    expect([moved.taken, moved.kept.length]).toEqual([[], 2]);
  });
  it('every key comes back as it went', () => {
    const chance = new Chance(7);
    for (let count = 0; count < 4000; count += 1) {
      const key = keyBy(chance);
      if (grantsOf(key, place).length === 0) continue;
      const back = keyOf(grantsOf(key, place), place);
      expect(back.kept).toEqual([]);
      expect(sorted(back.key)).toEqual(sorted(key));
    }
  });
  it('what is no key is kept, and together they mean what they meant; unchanged, they are what they were', () => {
    const chance = new Chance(11);
    let [mixed, kept] = [0, 0];
    for (let count = 0; count < 1500; count += 1) {
      const grants = Array.from({ length: 1 + chance.below(4) }, () => grantBy(chance));
      const split = keyOf(grants, place);
      expect([...split.taken, ...split.kept].length).toBe(grants.length);
      expect(meaning([...grantsOf(split.key, place), ...split.kept])).toEqual(meaning(grants));
      const back = grantsBack(split, structuredClone(split.key), split.kept, place);
      expect(back.length).toBe(grants.length);
      expect(grants.every((it) => back.includes(it))).toBe(true);
      const more = { ...split.key, devices: [...split.key.devices, 'd6'] };
      for (const it of split.kept) expect(grantsBack(split, more, split.kept, place)).toContain(it);
      mixed += Number(split.taken.length > 1);
      kept += Number(split.kept.length > 0);
    }
    expect(Math.min(mixed, kept)).toBeGreaterThan(50); // else this looked at nothing
  });
  it('never opens more than the page shows', () => {
    const kinds: Grant = { verbs: ['see'], kinds: ['light'] };
    for (const grant of [
      { verbs: ['see'] }, { ...kinds, devices: ['d1'] }, { ...kinds, rooms: ['a'], until: 5 }, { ...kinds, makers: ['Acme'] },
      { verbs: ['see', 'configure'], rooms: ['a'] }, { verbs: ['see', 'share'], rooms: ['a'] }, { verbs: ['see'], rooms: ['a', 'b'], devices: ['d1'] },
      { verbs: ['see'], rooms: ['a'], kinds: [] }, { verbs: ['see'], rooms: ['a'], traits: [] },
    ] satisfies Grant[])
      expect(keyOf([grant], place)).toEqual({ key: emptyKey(), taken: [], kept: [grant] });
    expect(keyOf([kinds, { verbs: ['see'], rooms: ['a'] }], place).kept).toHaveLength(1);
    expect(keyOf([{ verbs: ['see'], rooms: [], kinds: ['light'] }], place).key).toEqual({ ...emptyKey(), operate: false });
  });
  it('a list with nothing in it is said, and opens nothing', () => {
    const key = { ...emptyKey(), rooms: ['a'] };
    expect([keyLacks(key), isNarrow(key)]).toEqual(['', false]);
    expect([keyLacks({ ...key, kinds: [] }), grantsOf({ ...key, kinds: [] })]).toEqual(['kinds', []]);
    expect([keyLacks({ ...key, traits: [] }), grantsOf({ ...key, traits: [] })]).toEqual(['traits', []]);
    expect([keyLacks({ ...key, anywhere: true }), grantsOf({ ...key, anywhere: true })]).toEqual(['anywhere', []]);
    expect(grantsOf({ ...key, anywhere: true, kinds: ['light'] })).toEqual([{ verbs: ['see', 'operate'], kinds: ['light'] }]);
  });
});

describe('what a key opens', () => {
  const lamp = device('lamp', [power(true)], { kind: 'light', room: 'a' });
  const oven = device('oven', [power(true), property('temperature', { trait: 'temperature' })], { kind: 'oven', room: 'a' });
  const band = device('band', [property('steps', { trait: 'wristband' })], { kind: 'wristband', room: 'a' });
  const all = [lamp, oven, band];
  const ids = (key: Partial<Key>): string[][] => {
    const { devices, seen } = opened({ ...emptyKey(), ...key }, all);
    return [devices.map((it) => it.id), seen.map((it) => it.id)];
  };
  it('an oven is only seen until something names it, a wristband never by its room', () => {
    expect(ids({ rooms: ['a'] })).toEqual([['lamp', 'oven'], ['oven']]);
    expect(ids({ rooms: ['a'], kinds: ['oven', 'light'] })).toEqual([['lamp', 'oven'], []]);
    expect(ids({ rooms: ['a'], devices: ['oven', 'band'] })).toEqual([['lamp', 'oven', 'band'], []]);
    expect(ids({ anywhere: true, kinds: ['wristband', 'light'] })).toEqual([['lamp'], []]);
    expect(ids({ rooms: ['a'], traits: ['temperature'], operate: false })).toEqual([['oven'], []]);
  });
  it('kinds and traits to pick are those of what it is for', () => {
    expect([...traitsThere({ ...emptyKey(), rooms: ['a'], kinds: ['light'], traits: [] }, all)]).toEqual(['on_off']);
    expect(traitsThere({ ...emptyKey(), devices: ['band'] }, all)).toEqual(new Set(['wristband']));
    expect(traitsThere(emptyKey(), all)).toEqual(new Set(['on_off', 'temperature']));
    expect(kindsThere({ ...emptyKey(), rooms: ['b'] }, all)).toEqual(new Set(['light', 'oven']));
  });
});

describe('a key as one sentence', () => {
  const words = (key: Partial<Key>, until: number | null = null): string => keyWords({ ...emptyKey(), ...key }, until).replace(/[\u2066-\u2069]/g, '');
  beforeEach(() => {
    const lamp = deviceJson('lamp', [power(true)], { name: '<b>Lamp</b>', kind: 'light', kind_labels: { en: 'Light', zh: '灯' }, room: 'a' });
    app.home.adopt({ ...homeJson([lamp]), rooms: [{ id: 'a', name: 'Kitchen' }] }, 1);
  });
  afterEach(() => {
    prefs.lang = 'en';
    app.home.clear();
  });
  it('says all that narrows it', () => {
    expect(words({ rooms: ['a'] })).toBe('Sees and operates everything in Kitchen.');
    expect(words({ rooms: ['a'], kinds: ['light', 'air_purifier'], devices: ['lamp'], traits: ['on_off', 'temperature'], operate: false, hours: HOURS })).toBe(
      'Sees every light, every air purifier in Kitchen and <b>Lamp</b>; only temperature, on and off; Mon Sun, 08:00 to 20:00.',
    );
    expect(words({ anywhere: true, kinds: ['light'] }, 1e9)).toMatch(/^Sees and operates every light in every room; until .*\.$/);
    expect(words({ anywhere: true, traits: ['battery'] })).toContain('all devices in every room; only battery');
    expect(words({ devices: ['lamp'], stay: true })).toContain('while they stay in their room');
  });
  it('binds nothing to a room that stands in none', () => {
    const json = (id: string, room: string) => deviceJson(id, [power(true)], { name: id, room });
    app.home.adopt({ ...homeJson([json('lamp', 'a'), json('fan', '')]), rooms: [{ id: 'a', name: 'Kitchen' }] }, 1);
    expect(words({ devices: ['fan'], stay: true })).toBe('Sees and operates fan.');
    expect(words({ devices: ['lamp', 'fan'], stay: true })).toBe('Sees and operates fan and lamp (while they stay in their room).');
  });
  it('says nothing where it opens nothing', () => {
    for (const key of [{}, { rooms: ['a'], kinds: [] }, { rooms: ['a'], traits: [] }, { anywhere: true }]) expect(words(key)).toBe('');
  });
  it('in Chinese has no English left', () => {
    prefs.lang = 'zh';
    expect(words({ rooms: ['厨房'], kinds: ['light', 'oven'], devices: [], traits: ['on_off', 'vendor'], hours: HOURS })).not.toMatch(/[a-z]/i);
  });
});
