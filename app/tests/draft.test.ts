import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Draft } from '../src/lib/draft.svelte';
import { reach } from '../src/lib/offline/reach';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  reach.offline = false;
  vi.useRealTimers();
});

it('makes one wish of several steps, when they rest', () => {
  const wishes: number[] = [];
  const hand = new Draft((value) => wishes.push(value));
  hand.step(1);
  vi.advanceTimersByTime(200);
  hand.step(2);
  expect(hand.value).toBe(2);
  vi.advanceTimersByTime(200);
  expect(wishes).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(wishes).toEqual([2]);
  expect(hand.value).toBeNull();
});

it('keeps no step for a hub that comes back', () => {
  const wishes: [number, boolean][] = [];
  const hand = new Draft((value) => wishes.push([value, reach.offline]));
  reach.offline = true;
  hand.step(1);
  reach.offline = false;
  vi.advanceTimersByTime(1_000);
  expect(wishes).toEqual([[1, true]]);
});
