// Runs of lines that say one thing of many devices, told as one: a home that starts, or is furnished, is one event to a person. Pure.

import type { Told } from './chronicle';

export interface Run {
  key: string;
  at: number;
  /** Whether some of them are new in the home; else they only came within reach. */
  joined: boolean;
  devices: number;
  told: Told[];
}

/** Devices from which on their lines are one. */
const MANY = 3;
/** Seconds between two lines of a run. */
const APART_S = 300;

const came = ({ entry }: Told): boolean => entry.kind === 'home' && entry.what === 'device_adopted';
const quiet = (it: Told): boolean => came(it) || (it.entry.kind === 'reach' && it.entry.state === 'online');

/** The diary, newest first, with such runs as one item each. Trouble is never folded away. */
export function folded(told: readonly Told[]): (Told | Run)[] {
  const items: (Told | Run)[] = [];
  for (let start = 0; start < told.length; ) {
    let end = start;
    while (end < told.length && quiet(told[end]!) && (end === start || told[end - 1]!.entry.at - told[end]!.entry.at <= APART_S)) end += 1;
    const run = told.slice(start, end);
    const devices = new Set(run.map((it) => it.device)).size;
    if (devices >= MANY) items.push({ key: `run ${run.at(-1)!.entry.key}`, at: run[0]!.entry.at, joined: run.some(came), devices, told: run });
    else items.push(...told.slice(start, Math.max(end, start + 1)));
    start = Math.max(end, start + 1);
  }
  return items;
}
