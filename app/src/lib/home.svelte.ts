// What the home is, as far as this page has been told. Owns the copy of the hub's state and how records change it;
// never asks the hub for anything and never guesses a value.

import type {
  Availability, Cause, DeviceJson, HomeJson, JournalRecord, Labels, Property, Quality, Room, StreamMessage, Value,
} from './types';
import { prefs } from './prefs.svelte';

export interface Device extends Omit<DeviceJson, 'properties'> {
  properties: Record<string, Property>;
  /** Paths in the order in which the hub gave them. */
  order: string[];
}

/** How many of the last records are kept to bring a late answer of GET /api/home up to date: seconds of a busy home. */
const TAIL = 500;

/** Answers younger than the page's newest record are only believed together with the records that they lack. */
export class Home {
  loaded = $state(false);
  id = $state('');
  name = $state('');
  // Only what the stream changes is watched, field by field (`living`, below): a proxy around all that a home says takes a phone
  // longer than drawing it.
  rooms = $state.raw<Room[]>([]);
  devices = $state.raw<Record<string, Device>>({});
  order = $state.raw<string[]>([]);
  cursor = $state(0);
  /** Hub's clock minus this machine's, in seconds. */
  skew = $state(0);
  /** Called when the home changed in a way whose details only GET /api/home has. */
  onChanged: () => void = () => undefined;

  #tail: JournalRecord[] = [];
  #listeners = new Set<(record: JournalRecord) => void>();

  readonly list: Device[] = $derived(this.order.flatMap((id) => this.devices[id] ?? []));

  /** Takes a whole home; records that came in since it was made are applied again on top. */
  adopt(json: HomeJson, localNow: number): void {
    const newer = this.#tail.filter((record) => record.seq > json.cursor);
    this.id = json.home.id;
    this.name = json.home.name;
    this.rooms = json.rooms.map((room) => named({ ...room }));
    this.devices = Object.fromEntries(json.devices.map((device) => [device.id, keyed(device)]));
    this.order = json.devices.map((device) => device.id);
    this.skew = json.now - localNow;
    this.cursor = json.cursor;
    this.loaded = true;
    for (const record of newer) this.#apply(record);
    this.cursor = newer.at(-1)?.seq ?? json.cursor;
  }

  /** The whole as it is here, in the hub's own shape: to be shown again when there is no network. */
  json(localNow: number): HomeJson {
    const devices = this.list.map(({ properties, order, ...rest }) => ({ ...rest, properties: order.flatMap((path) => properties[path] ?? []) }));
    return { home: { id: this.id, name: this.name }, cursor: this.cursor, now: localNow + this.skew, rooms: this.rooms, devices };
  }

  /** One frame of the stream. */
  hear(message: StreamMessage, localNow: number): void {
    if (message.type === 'snapshot') {
      // A snapshot starts the stream anew: nothing that was heard before it counts, also where the hub's journal is another.
      this.#tail = [];
      this.adopt(message.home, localNow);
      this.cursor = message.cursor;
    } else if (message.type === 'records') {
      for (const record of message.records) this.#take(record);
      this.cursor = Math.max(this.cursor, message.cursor);
    } else if (message.type === 'seen') {
      this.skew = message.now - localNow;
      for (const [ref, at] of Object.entries(message.observed)) this.#seen(ref, at);
    }
  }

  /** Calls back with every new record, until the returned function is called. */
  listen(callback: (record: JournalRecord) => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  property(device: string, path: string): Property | undefined {
    return this.devices[device]?.properties[path];
  }

  /** The device's own word, heard in the answer to a command while the stream was down. */
  confirm(device: string, path: string, value: Value, at: number): void {
    const property = this.property(device, path);
    if (!property || (property.observed_at ?? 0) > at) return;
    property.value = value;
    property.quality = 'good';
    property.observed_at = at;
  }

  clear(): void {
    this.loaded = false;
    this.#tail = [];
    this.devices = {};
    this.order = [];
    this.rooms = [];
    this.cursor = 0;
  }

  #take(record: JournalRecord): void {
    if (record.seq <= this.cursor) return;
    this.#tail.push(record);
    if (this.#tail.length > TAIL) this.#tail.splice(0, this.#tail.length - TAIL);
    this.cursor = record.seq;
    this.#apply(record);
    for (const listener of this.#listeners) listener(record);
  }

  #seen(ref: string, at: number): void {
    const cut = ref.indexOf('/');
    const property = this.property(ref.slice(0, cut), ref.slice(cut + 1));
    if (property) property.observed_at = at; // its quality is the records' matter
  }

  #apply({ kind, at, body }: JournalRecord): void {
    if (kind === 'update') this.#update(at, body);
    else if (kind === 'command') this.#waiting(text(body.device), text(body.property), text(body.id));
    else if (kind === 'outcome') this.#ended(text(body.device), text(body.command));
    else if (kind === 'availability') this.#availability(at, body);
    else if (kind === 'home') this.#changed(body);
    else if (kind === 'system' && body.what === 'device_found') this.#moved(body);
  }

  #update(at: number, body: JournalRecord['body']): void {
    const property = this.property(text(body.device), text(body.property));
    if (!property) return;
    property.quality = text(body.quality) as Quality;
    if (property.quality === 'stale') return; // keeps its value and the time when the device last said it
    property.value = (body.value ?? null) as Value;
    property.raw = (body.raw ?? body.value ?? null) as Value;
    property.observed_at = typeof body.observed_at === 'number' ? body.observed_at : at;
    property.cause = (body.cause ?? null) as Cause | null;
  }

  #waiting(device: string, path: string, id: string): void {
    const property = this.property(device, path);
    if (property) property.waiting = id;
  }

  #ended(device: string, command: string): void {
    for (const property of Object.values(this.devices[device]?.properties ?? {})) {
      if (property.waiting === command) property.waiting = null;
    }
  }

  #availability(at: number, body: JournalRecord['body']): void {
    const device = this.devices[text(body.device)];
    if (!device) return;
    const state = text(body.state) as Availability['state'];
    // Another reason for the same is no new beginning.
    const since = device.availability.state === state ? device.availability.since : at;
    device.availability = { state, since, reason: text(body.reason), says: body.says };
  }

  #moved(body: JournalRecord['body']): void {
    const device = this.devices[text(body.device)];
    if (device) device.address = text(body.address);
  }

  #changed(body: JournalRecord['body']): void {
    if (body.what === 'device_removed') {
      const id = text(body.device);
      this.devices = Object.fromEntries(Object.entries(this.devices).filter(([other]) => other !== id));
      this.order = this.order.filter((other) => other !== id);
    }
    this.onChanged();
  }
}

function keyed(device: DeviceJson): Device {
  const { properties, ...rest } = device;
  let availability = $state.raw(rest.availability);
  let address = $state.raw(rest.address);
  return named({
    ...rest,
    get availability() { return availability; },
    set availability(now) { availability = now; },
    get address() { return address; },
    set address(now) { address = now; },
    order: properties.map((property) => property.path),
    properties: Object.fromEntries(properties.map((property) => [property.path, living(property)])),
  });
}

/** A property whose own fields that change are watched; it is spread, cloned and written like any other object. */
function living(property: Property): Property {
  let value = $state.raw(property.value);
  let raw = $state.raw(property.raw);
  let quality = $state.raw(property.quality);
  let observed = $state.raw(property.observed_at);
  let cause = $state.raw(property.cause);
  let waiting = $state.raw(property.waiting);
  return {
    ...property,
    get value() { return value; },
    set value(now) { value = now; },
    get raw() { return raw; },
    set raw(now) { raw = now; },
    get quality() { return quality; },
    set quality(now) { quality = now; },
    get observed_at() { return observed; },
    set observed_at(now) { observed = now; },
    get cause() { return cause; },
    set cause(now) { cause = now; },
    get waiting() { return waiting; },
    set waiting(now) { waiting = now; },
  };
}

/** The demo's own names are in the reader's language, until somebody gives another. */
function named<T extends { name: string; names?: Labels }>(it: T): T {
  const { names, name } = it;
  if (!names) return it;
  return Object.defineProperty(it, 'name', { get: () => names[prefs.lang] || name, enumerable: true, configurable: true });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
