// Small homes for tests. Owns defaults; a test says only what it is about.

import { Home, type Device } from '../src/lib/home.svelte';
import type { DeviceJson, HomeJson, JournalRecord, Property } from '../src/lib/types';

export function property(path: string, more: Partial<Property> = {}): Property {
  const cut = path.lastIndexOf('.');
  return {
    path, name: path.slice(cut + 1), component: cut < 0 ? 'main' : path.slice(0, cut), trait: 'vendor', labels: {}, kind: 'int',
    unit: '', low: null, high: null, step: null, choices: [], readable: true, writable: false,
    value: null, raw: null, quality: 'good', observed_at: 100, cause: null, waiting: null, ...more,
  };
}

export const power = (value: boolean): Property => property('power', { trait: 'on_off', kind: 'bool', writable: true, value });
export const target = (value: number, more: Partial<Property> = {}): Property =>
  property('target_temperature', { trait: 'thermostat', kind: 'float', unit: 'Cel', low: 16, high: 30, step: 0.5, writable: true, value, ...more });

export function deviceJson(id: string, properties: Property[], more: Partial<DeviceJson> = {}): DeviceJson {
  return {
    id, name: id, kind: 'generic', kind_labels: {}, maker: 'm', product: 'p', family: 'f', room: '', address: '192.0.2.7', hardware_id: '7',
    availability: { state: 'online', since: 0, reason: '' }, properties, actions: [], ...more,
  };
}

export function homeJson(devices: DeviceJson[], cursor = 10, now = 1000): HomeJson {
  return { home: { id: 'h', name: 'Home' }, cursor, now, rooms: [], devices };
}

export function device(id: string, properties: Property[], more: Partial<DeviceJson> = {}): Device {
  const home = new Home();
  home.adopt(homeJson([deviceJson(id, properties, more)]), 1000);
  const made = home.devices[id];
  if (!made) throw new Error('no device');
  return made;
}

export const record = (seq: number, kind: JournalRecord['kind'], body: JournalRecord['body'], at = 1000 + seq): JournalRecord => ({ seq, at, kind, body });
