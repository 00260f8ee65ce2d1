// The rooms with what stands in them, in somebody's own order. Pure but for the word of the room that is none.

import type { Device } from '../home.svelte';
import { t } from '../i18n/index.svelte';
import type { Room } from '../types';
import type { Lists } from './api';
import { ordered } from './order';

export interface RoomOf {
  /** Empty for what stands in no room. */
  id: string;
  name: string;
  devices: Device[];
}

export function roomsOf(rooms: readonly Room[], devices: readonly Device[], lists: Pick<Lists, 'rooms' | 'devices'>): RoomOf[] {
  const known = new Set(rooms.map((room) => room.id));
  const list = ordered(devices, lists.devices, (device) => device.id);
  const groups: RoomOf[] = ordered(rooms, lists.rooms, (room) => room.id).map((room) => ({
    id: room.id, name: room.name, devices: list.filter((device) => device.room === room.id),
  }));
  groups.push({ id: '', name: t('room.none'), devices: list.filter((device) => !known.has(device.room)) });
  return groups.filter((group) => group.devices.length > 0);
}
