// Marks beside a line: which stand together, and as what a person reads them. Pure.

import type { Entry } from '../diary';
import type { Mark } from './types';

export interface Bunch {
  /** 0 to 1 along the chart, where its button begins. */
  left: number;
  /** Where the marks themselves are. */
  places: number[];
  marks: Mark[];
}

/** Marks by the button that shows them: each button is `1/count` of the chart. */
export function bunches(marks: readonly Mark[], from: number, to: number, count: number): Bunch[] {
  const found = new Map<number, Bunch>();
  for (const mark of marks) {
    const place = (mark.at - from) / (to - from);
    if (!(place >= 0 && place <= 1)) continue;
    const slot = Math.min(count - 1, Math.floor(place * count));
    const bunch = found.get(slot) ?? { left: slot / count, places: [], marks: [] };
    bunch.places.push(place);
    bunch.marks.push(mark);
    found.set(slot, bunch);
  }
  return [...found.values()].sort((one, two) => one.left - two.left);
}

/** As an entry of the diary, which has the sentences. Null for a run of a rule. */
export function entryOf(mark: Mark): Entry | null {
  if (mark.kind !== 'command') return null;
  return {
    key: String(mark.record), at: mark.at, kind: 'command', who: mark.by, property: mark.property ?? '', action: mark.action ?? '',
    value: mark.value ?? null, status: mark.status ?? 'waiting', reason: '',
  };
}
