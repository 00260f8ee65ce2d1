// Marks by the button that shows them, a line as rows, bars of several devices.

import { describe, expect, it } from 'vitest';
import { barsOf, sumOf } from '../src/lib/charts/energy';
import { bunches } from '../src/lib/charts/marks';
import { table } from '../src/lib/charts/reach';
import type { Mark, Stretch } from '../src/lib/charts/types';

const mark = (at: number): Mark => ({ at, kind: 'command', record: at, by: { kind: 'person', source: 'Ann' } });
const stretch = (kwh: number | null, more: Partial<Stretch> = {}): Stretch => ({ kwh, covered: 1, estimated: false, reset: false, cost: null, ...more });
const row = (device: string, ...stretches: Stretch[]) => ({ device, property: 'energy', source: 'counter' as const, stretches });

describe('marks', () => {
  it('stand together under one button, and none outside of the chart is shown', () => {
    const found = bunches([mark(0), mark(9), mark(50), mark(100), mark(101), mark(-1)], 0, 100, 10);
    expect(found.map((it) => [it.left, it.marks.length])).toEqual([[0, 2], [0.5, 1], [0.9, 1]]);
    expect(found[0]?.places).toEqual([0, 0.09]);
  });
});

describe('a line as a table', () => {
  const at = (hour: number, minute: number): number => new Date(2026, 4, 3, hour, minute).getTime() / 1000;
  it('has a row an hour with the extremes of its points, newest first, and says where nothing was heard', () => {
    const rows = table([[at(1, 0), at(1, 30), at(2, 15), at(3, 5)], [1, 3, null, 7], [2, 4, null, 8], [3, 9, null, 9]], 'day');
    expect(rows).toEqual([
      { at: at(3, 0), low: 7, mean: 8, high: 9 },
      { at: at(2, 0), low: null, mean: null, high: null },
      { at: at(1, 0), low: 1, mean: 3, high: 9 },
    ]);
    expect(table([[at(1, 0), at(3, 5)], [1, 7], [2, 8], [3, 9]], 'year')).toHaveLength(1);
  });
});

describe('electricity', () => {
  it('adds devices up, and what nobody knows is no zero', () => {
    const rows = [row('a', stretch(1), stretch(null), stretch(0)), row('b', stretch(2), stretch(null), stretch(null))];
    expect(barsOf([0, 10, 20, 30], rows).map((it) => it.kwh)).toEqual([3, null, 0]);
    expect(sumOf([stretch(null)])).toBeNull();
  });
  it('is not sure of gaps, resets and what was shared out; the stretch under way is heard as far as it goes', () => {
    const half = { covered: 0.5 };
    const rows = [row('a', stretch(1, half), stretch(1, { reset: true }), stretch(1, { estimated: true }), stretch(1), stretch(1, half))];
    expect(barsOf([0, 1, 2, 3, 4, 5], rows).map((it) => it.sure)).toEqual([false, false, false, true, true]);
  });
});
