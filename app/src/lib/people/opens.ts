// What a key opens of the devices that are there, as the hub would decide it (home/permission.py, for who is no owner or
// adult). For the sentence beside the key only: the hub decides. Pure.

import type { Device } from '../home.svelte';
import type { Key } from './key';
import { HAZARDS, PRIVATE } from './named';

export interface Opened {
  /** Seen, and operated where the key says so. */
  devices: Device[];
  /** Of these: seen only, for they can hurt and nothing names them. */
  seen: Device[];
}

const traitsOf = (device: Device): string[] => [...Object.values(device.properties).map((it) => it.trait), ...device.actions.map((it) => it.trait)];

/** Whether the rooms of the key are for this device, whatever of it. */
export const inRooms = (key: Key, device: Device): boolean =>
  (key.anywhere || key.rooms.includes(device.room)) && (key.kinds === null || key.kinds.includes(device.kind)) && device.kind !== PRIVATE;

export function opened(key: Key, all: readonly Device[]): Opened {
  const any = (device: Device): boolean => key.traits === null || traitsOf(device).some((it) => key.traits?.includes(it));
  const named = (device: Device): boolean => key.devices.includes(device.id);
  const devices = all.filter((it) => (named(it) || inRooms(key, it)) && any(it));
  const hurts = (device: Device): boolean => HAZARDS.has(device.kind) && !named(device) && !key.kinds?.includes(device.kind);
  return { devices, seen: key.operate ? devices.filter(hurts) : [] };
}

/** The traits of what the key is for, of the whole home where it is for nothing yet; a wristband's of whom it names. */
export function traitsThere(key: Key, all: readonly Device[]): Set<string> {
  const meant = opened({ ...key, traits: null }, all).devices;
  const seen = meant.length > 0 ? meant : all.filter((it) => it.kind !== PRIVATE);
  return new Set(seen.flatMap(traitsOf));
}

/** The kinds of what stands in the rooms of the key, of the whole home where it has none yet. A wristband's is of no use: its device is named. */
export function kindsThere(key: Key, all: readonly Device[]): Set<string> {
  const meant = all.filter((it) => inRooms({ ...key, kinds: null }, it));
  return new Set((meant.length > 0 ? meant : all).map((it) => it.kind).filter((it) => it !== PRIVATE));
}
