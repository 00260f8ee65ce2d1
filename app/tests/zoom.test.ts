import { describe, expect, it } from 'vitest';
import { beside, valueAt } from '../src/lib/charts/compare';
import { CLOSEST, kindOf, moved, pinched, stepped, within } from '../src/lib/charts/zoom';
import type { Series } from '../src/lib/series';

const [NOW, DAY] = [1_000_000, 86_400];

describe('the stretch that is looked at', () => {
  it('is never beyond now, wider than all of it, or closer than ten minutes', () => {
    expect(within([NOW - 100, NOW + 900], DAY, NOW)).toEqual([NOW - 1000, NOW]);
    expect(within([NOW - 9 * DAY, NOW], DAY, NOW)).toEqual([NOW - 5 * DAY, NOW - 4 * DAY]);
    const [from, to] = within([NOW - 10, NOW], DAY, NOW);
    expect([to - from, to]).toEqual([CLOSEST, NOW]);
  });
  it('goes nearer around its middle, and back to all of it', () => {
    const near = stepped([NOW - DAY, NOW], 1, DAY, NOW);
    expect(near).toEqual([NOW - 0.75 * DAY, NOW - 0.25 * DAY]);
    expect(stepped(near ?? [0, 0], -1, DAY, NOW)).toEqual([NOW - DAY, NOW]);
    expect(stepped([NOW - DAY / 2, NOW], -1, DAY, NOW)).toBeNull();
  });
  it('goes earlier, and later up to now', () => {
    expect(moved([NOW - DAY, NOW], -1, DAY, NOW)).toEqual([NOW - DAY - DAY / 3, NOW - DAY / 3]);
    expect(moved([NOW - DAY, NOW - 60], 1, DAY, NOW)[1]).toBe(NOW);
  });
  it('under two fingers, what they lay on stays under them', () => {
    expect(pinched([100, 200], [0.25, 0.75])).toEqual([50, 250]);
    expect(pinched([100, 200], [0.5, 0.51])).toBeNull();
    expect(pinched([200, 100], [0.2, 0.8])).toBeNull();
  });
  it('is written as what it is', () => {
    expect([3_600, DAY, 7 * DAY, 30 * DAY, 300 * DAY].map((it) => kindOf([0, it]))).toEqual(['day', 'day', 'week', 'month', 'year']);
  });
});

describe('a line beside the one before', () => {
  const mine: Series = [[10, 20, 30], [1, null, 3], [1, null, 3], [1, null, 3]];
  const then: Series = [[0, 10, 15], [7, 8, 9], [7, 8, 9], [7, 8, 9]];

  it('shares one axis: a gap stays a gap, and what is not there breaks no line', () => {
    expect(beside(mine, then, 10)).toEqual([
      [10, 20, 25, 30], [1, null, undefined, 3], [1, null, undefined, 3], [1, null, undefined, 3], [7, 8, 9, undefined],
    ]);
    expect(beside(mine, null, 10)[4]).toEqual([undefined, undefined, undefined]);
    expect(beside([[], [], [], []], then, 1)[0]).toEqual([1, 11, 16]);
  });
  it('has a value at every moment but in gaps and before its first', () => {
    expect([5, 10, 15, 20, 29, 30, 99].map((at) => valueAt(mine, at))).toEqual([null, 1, 1, null, null, 3, 3]);
  });
});
