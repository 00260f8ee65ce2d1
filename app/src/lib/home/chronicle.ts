// From the journal's records to the diary of the whole home, newest first: what `diary.ts` tells of each device, and what
// concerns none: rules, scenes, comfort, the mode, rooms, who signed in, starts. Pure.

import { tell, who, type Entry } from '../diary';
import type { Device } from '../home.svelte';
import type { JournalRecord } from '../types';

export interface Told {
  /** Id of the device; empty for what concerns none. */
  device: string;
  entry: Entry;
  seq: number;
}

export const GROUPS = ['all', 'people', 'devices', 'rules', 'comfort', 'security'] as const;
export type Group = (typeof GROUPS)[number];

/** The kinds of records behind each choice. */
const KINDS: Readonly<Record<Group, readonly string[]>> = {
  all: ['command', 'outcome', 'event', 'availability', 'home', 'security', 'system', 'rule', 'comfort'],
  people: ['command', 'outcome'],
  devices: ['event', 'availability', 'home'],
  rules: ['rule', 'command', 'outcome'],
  comfort: ['comfort', 'command', 'outcome'],
  security: ['security', 'system'],
};

/** Which kinds to ask for. A device's own updates are nearly all measurements, tens of thousands a day in a home: they are
 *  looked through for one device only, where `diary.ts` picks the ones worth telling. */
export function kindsOf(group: Group, device: string): readonly string[] {
  return device && (group === 'all' || group === 'devices') ? [...KINDS[group], 'update'] : KINDS[group];
}

/** Said every so often only to prove that somebody lives. */
const PULSE = new Set(['alive', 'device_found']);
/** Of a rule's trace, what a person would tell: that it ran, was left alone, or told somebody something. */
const RULE_NEWS = new Set(['ran', 'paused', 'notify', 'missed']);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function chronicle(records: readonly JournalRecord[], devices: Readonly<Record<string, Device>>): Told[] {
  const of = new Map<string, JournalRecord[]>();
  const told: Told[] = [];
  for (const record of records) {
    const device = text(record.body.device);
    if (device && record.kind !== 'rule' && record.kind !== 'comfort' && record.kind !== 'security') {
      const mine = of.get(device);
      if (mine) mine.push(record);
      else of.set(device, [record]);
    } else {
      const entry = note(record);
      if (entry) told.push({ device: '', entry, seq: record.seq });
    }
  }
  for (const [device, mine] of of) {
    for (const entry of tell(mine, device, devices[device]?.properties ?? {}, false)) told.push({ device, entry, seq: Number(entry.key) });
  }
  return told.sort((one, two) => two.seq - one.seq);
}

function note({ seq, at, kind, body }: JournalRecord): Entry | null {
  const what = text(body.what);
  const base = { key: String(seq), at, kind: 'note' as const, what, body };
  if (kind === 'home') return { ...base, group: 'home', who: who(body.cause) };
  if (kind === 'security') return { ...base, group: 'security', who: { kind: 'person', source: text(body.who) } };
  if (kind === 'system') return PULSE.has(what) ? null : { ...base, group: 'system', who: { kind: 'system', source: '' } };
  if (kind === 'comfort') return { ...base, group: 'comfort', who: { kind: 'comfort', source: text(body.about) } };
  if (kind === 'rule') {
    if (what === 'scene') return { ...base, group: 'rule', who: who(body.cause) };
    return RULE_NEWS.has(what) ? { ...base, group: 'rule', who: { kind: 'rule', source: text(body.rule) } } : null;
  }
  return null;
}

/** Whether an entry is shown for this choice; `person` is a name, empty for everybody. */
export function fits({ entry }: Told, group: Group, person: string): boolean {
  const by = 'who' in entry ? entry.who : null;
  if (person && !(by?.kind === 'person' && by.source === person)) return false;
  if (group === 'rules') return by?.kind === 'rule' || (entry.kind === 'note' && entry.group === 'rule');
  if (group === 'comfort') return by?.kind === 'comfort';
  if (group === 'people') return entry.kind === 'command' && by?.kind === 'person';
  return true;
}
