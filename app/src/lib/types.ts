// The shapes of the hub's JSON, as docs/architecture.md has them. Owns no behaviour.

export type Value = boolean | number | string | null;
export type Kind = 'bool' | 'int' | 'float' | 'enum' | 'text';
export type Quality = 'good' | 'unknown' | 'assumed' | 'stale';
export type Reach = 'connecting' | 'online' | 'offline' | 'locked_out';
export type Labels = Readonly<Record<string, string>>;

export interface Cause {
  id: string;
  kind: 'device' | 'person' | 'agent' | 'rule' | 'comfort' | 'fleet' | 'system';
  source: string;
  parent?: string;
}

/** What a value may be; the same shape for a property and for an action's argument. */
export interface Definition {
  path: string;
  component: string;
  name: string;
  trait: string;
  labels: Labels;
  kind: Kind;
  unit: string;
  low: number | null;
  high: number | null;
  step: number | null;
  choices: readonly string[];
  readable: boolean;
  writable: boolean;
  /** False where whoever is signed in may not operate it now; absent means that they may. */
  operable?: boolean;
}

export interface Property extends Definition {
  value: Value;
  raw: Value;
  quality: Quality;
  /** Epoch seconds by the hub's clock: when the device last said it. Null where it never did. */
  observed_at: number | null;
  cause: Cause | null;
  /** Id of a command under way for this property. */
  waiting: string | null;
}

export interface Action {
  path: string;
  trait: string;
  labels: Labels;
  arguments: readonly Definition[];
  operable?: boolean;
}

export interface Availability {
  state: Reach;
  since: number;
  reason: string;
  /** Which of the hub's sentences the reason is (lib/said). */
  says?: unknown;
}

export interface DeviceJson {
  id: string;
  name: string;
  /** The demo's own name by language, until somebody gives another. */
  names?: Labels;
  address: string;
  hardware_id: string;
  kind: string;
  kind_labels: Labels;
  maker: string;
  product: string;
  family: string;
  room: string;
  /** Where people say that it stands outdoors: it tells nothing of its room. */
  outdoors?: boolean;
  availability: Availability;
  /** How it does without internet, and how its values come. `code` is empty where `why` is its maker's own sentence. */
  local?: { grade: string; hears: string; code: string; why: string };
  properties: readonly Property[];
  actions: readonly Action[];
  /** What whoever is signed in may do with it; absent means everything. */
  may?: readonly ('see' | 'operate' | 'configure')[];
}

export interface Room {
  id: string;
  name: string;
  names?: Labels;
}

export interface HomeJson {
  home: { id: string; name: string };
  cursor: number;
  now: number;
  rooms: readonly Room[];
  devices: readonly DeviceJson[];
}

export interface Session {
  /** A new password may be set without the old one: a one-time link was opened just now. */
  new_password?: boolean;
  signed_in: boolean;
  person: { id: string; name: string; role: string; until?: number | null; may?: { see?: boolean; configure: boolean; share: boolean; share_rooms?: readonly string[]; operate: boolean } } | null;
  owner_exists: boolean;
  demo: boolean;
  home: string | null;
}

export type Status = 'confirmed' | 'refused' | 'failed' | 'timed_out' | 'superseded';

export interface CommandResult {
  id: string;
  device: string;
  property?: string;
  action?: string;
  value?: Value;
  status: Status | 'waiting';
  reason: string;
  /** Which of the hub's sentences the reason is (lib/said). */
  says?: unknown;
  at: number;
}

export interface JournalRecord {
  seq: number;
  at: number;
  kind: 'update' | 'event' | 'command' | 'outcome' | 'availability' | 'home' | 'security' | 'system' | 'rule' | 'comfort';
  body: Record<string, unknown>;
}

export type StreamMessage =
  | { type: 'snapshot'; home: HomeJson; cursor: number }
  | { type: 'records'; cursor: number; records: JournalRecord[] }
  | { type: 'seen'; now: number; observed: Record<string, number> };

export interface History {
  device: string;
  property: string;
  unit: string;
  from: number;
  to: number;
  step: number;
  rows: [t: number, min: number, mean: number, max: number, last: number][];
  gaps: [from: number, to: number][];
}

export interface Found {
  family: string;
  hardware_id: string;
  address: string;
  port: number;
  model: string;
  product: string;
  /** What kind of thing it is, in words, where the hub can tell. */
  name?: Labels;
  /** Id of the device of this home that it is; empty for a new one. */
  adopted: string;
  missing: string[];
  hint: string;
  /** Which of the hub's sentences the hint is (lib/said). */
  says?: unknown;
}

export interface Faults {
  mute: boolean;
  delay: number;
  loss: number;
  duplicate: number;
  wrong_key: boolean;
  wrong_checksum: boolean;
}

export interface VirtualDevice {
  faults: Faults;
  actions: string[];
}
