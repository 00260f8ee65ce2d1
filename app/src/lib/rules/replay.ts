// A replay as rows of a timeline: one row a day, what would have happened beside what did. Pure: draws nothing.

import type { Effect, Replay } from './types';

export type Lane = 'saved' | 'edited';

export interface Entry {
  at: number;
  text: string;
  /** `ran` a run of the replay, `order` what it would have sent, `really` what really was and would not have been. */
  kind: 'ran' | 'order' | 'really';
  effect: Effect | '';
  /** In which versions it is; one lane alone where there is one version. */
  lanes: readonly Lane[];
}

export interface Day {
  /** Local midnight, epoch seconds. */
  start: number;
  end: number;
  entries: Entry[];
}

/** Two orders of two versions are the same within this time (the hub's own bound). */
const WITHIN_S = 2;

function entriesOf(replay: Replay, lane: Lane): Entry[] {
  const ordered = new Set(replay.orders.map((it) => it.run));
  return [
    ...replay.runs.filter((it) => !ordered.has(it.run)).map((it): Entry => ({ at: it.at, text: it.trigger, kind: 'ran', effect: it.really ? 'happened' : '', lanes: [lane] })),
    ...replay.orders.map((it): Entry => ({ at: it.at, text: it.text, kind: 'order', effect: it.effect, lanes: [lane] })),
    ...replay.instead.map((it): Entry => ({ at: it.at, text: it.text, kind: 'really', effect: 'happened', lanes: [lane] })),
  ];
}

/** What is in both versions at the same time with the same words stands there once. */
export function merged(one: readonly Entry[], other: readonly Entry[]): Entry[] {
  const rest = [...other];
  const found = one.map((entry) => {
    const at = rest.findIndex((it) => it.kind === entry.kind && it.text === entry.text && Math.abs(it.at - entry.at) <= WITHIN_S);
    if (at < 0) return entry;
    rest.splice(at, 1);
    return { ...entry, lanes: ['saved', 'edited'] as const };
  });
  return [...found, ...rest].sort((a, b) => a.at - b.at);
}

const midnight = (at: number): number => new Date(at * 1000).setHours(0, 0, 0, 0) / 1000;

/** The days of a replay, the last one first; of two versions where there are two. */
export function daysOf(edited: Replay, saved: Replay | null): Day[] {
  const entries = saved ? merged(entriesOf(saved, 'saved'), entriesOf(edited, 'edited')) : entriesOf(edited, 'edited').sort((a, b) => a.at - b.at);
  const days: Day[] = [];
  for (let start = midnight(edited.from); start < edited.to; ) {
    const end = new Date(start * 1000).setHours(24, 0, 0, 0) / 1000; // a day of 23 or 25 hours is one, too
    days.push({ start, end, entries: [] });
    start = end;
  }
  for (const entry of entries) days.find((day) => entry.at >= day.start && entry.at < day.end)?.entries.push(entry);
  return days.reverse();
}

/** Where on its day something lies, 0 to 1. */
export const placeOf = (day: Day, at: number): number => Math.min(1, Math.max(0, (at - day.start) / (day.end - day.start)));
