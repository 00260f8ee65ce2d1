// From journal records to what a person would tell: who did what, and what the device did by itself. Pure.
// Measurements are left out: they are the chart's.

import type { CommandResult, JournalRecord, Property, Status, Value } from './types';

export type Entry = { key: string; at: number } & (
  | { kind: 'command'; who: Who; property: string; value: Value; action: string; status: Status | 'waiting'; reason: string; says?: unknown }
  | { kind: 'update'; property: string; value: Value; how: How }
  | { kind: 'event'; event: string }
  | { kind: 'reach'; state: string; reason: string; says?: unknown }
  | { kind: 'home'; what: string; who: Who }
  | { kind: 'note'; group: 'home' | 'security' | 'system' | 'rule' | 'comfort'; what: string; who: Who; body: Readonly<Record<string, unknown>> }
);

/** Where a device's own word comes from: somebody at it, its coming back (it was so by then), or the demo's invented day. */
export type How = 'there' | 'found' | 'simulated';

export interface Who {
  kind: string;
  source: string;
}

/** A device's report belongs to a command when it says the same within this time of the command's end. */
const ECHO_S = 3;
/** What a device says within this time of its coming (or coming back) is how it was found, nobody's doing now. */
const FOUND_S = 5;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function who(cause: unknown): Who {
  const it = (cause ?? {}) as { kind?: unknown; source?: unknown };
  return { kind: text(it.kind), source: text(it.source) };
}

/**
 * The device's records, oldest first, as entries, newest first. `properties` says what is worth telling. `whole` says
 * that nothing came before these records: then the first value of a property is how the device was found, and no change.
 */
export function tell(records: readonly JournalRecord[], device: string, properties: Record<string, Property>, whole: boolean): Entry[] {
  const entries: Entry[] = [];
  const commands = new Map<string, Extract<Entry, { kind: 'command' }>>();
  const ends = new Map<string, { value: Value; at: number; status: CommandResult['status'] }>();
  const last = new Map<string, Value>();
  let cameAt = -Infinity;
  let reached: Extract<Entry, { kind: 'reach' }> | undefined;
  for (const { seq, at, kind, body } of records) {
    if (body.device !== device) continue;
    const key = String(seq);
    if (kind === 'command') {
      const entry: Extract<Entry, { kind: 'command' }> = {
        key, at, kind, who: who(body.cause), property: text(body.property), action: text(body.action),
        value: (body.value ?? null) as Value, status: 'waiting', reason: '',
      };
      commands.set(text(body.id), entry);
      entries.push(entry);
      if (entry.property) ends.set(entry.property, { value: entry.value, at: Infinity, status: 'waiting' });
    } else if (kind === 'outcome') {
      const entry = commands.get(text(body.command));
      if (!entry) continue;
      entry.status = text(body.status) as Status;
      entry.reason = text(body.reason);
      entry.says = body.says;
      if (entry.property) ends.set(entry.property, { value: entry.value, at, status: entry.status });
    } else if (kind === 'update') {
      const path = text(body.property);
      const value = (body.value ?? null) as Value;
      const before = last.get(path);
      if (body.quality === 'good' || body.quality === 'stale') last.set(path, value);
      if (body.quality !== 'good' || before === value || !worthTelling(properties[path])) continue;
      const found = at - cameAt <= FOUND_S;
      // Its first word after coming is no news, and the very first one of all is none either.
      if (before === undefined && (whole || found)) continue;
      const end = ends.get(path);
      if (end && end.value === value && at <= end.at + ECHO_S) continue;
      const how: How = who(body.cause).kind === 'system' ? 'simulated' : found ? 'found' : 'there';
      entries.push({ key, at, kind, property: path, value, how });
    } else if (kind === 'event') {
      entries.push({ key, at, kind, event: text(body.event) });
    } else if (kind === 'availability' && text(body.state) !== 'connecting') {
      if (body.state === 'online') cameAt = at;
      const reach: Extract<Entry, { kind: 'reach' }> = { key, at, kind: 'reach', state: text(body.state), reason: text(body.reason), says: body.says };
      // The same trouble with another reason is one trouble: it is told once, with the last reason.
      if (reached?.state === reach.state) [reached.reason, reached.says] = [reach.reason, reach.says];
      else entries.push((reached = reach));
    } else if (kind === 'home') {
      if (body.what === 'device_adopted') cameAt = at;
      entries.push({ key, at, kind, what: text(body.what), who: who(body.cause) });
    }
  }
  return entries.reverse();
}

/** What a person at the device can change, and states; never a measurement. */
function worthTelling(property: Property | undefined): boolean {
  return !!property && property.trait !== 'vendor' && (property.writable || property.kind === 'bool' || property.kind === 'enum');
}
