import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, ask } from '../src/lib/api';
import type { Ask } from '../src/lib/asks.svelte';
import { homeApi } from '../src/lib/home/api';
import { OFFER_MS, Undo } from '../src/lib/home/undo.svelte';
import { reach } from '../src/lib/offline/reach';
import { peopleApi } from '../src/lib/people/api';
import { rulesApi } from '../src/lib/rules/api';
import type { Value } from '../src/lib/types';

const ended = (more: Partial<Ask>): Ask => ({ device: 'd', target: 'p', value: 1, phase: 'confirmed', reason: '', code: '', at: 1, ...more });

describe('one step back', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const made = () => {
    const set = vi.fn(async () => undefined);
    return { set, undo: new Undo({ set }) };
  };

  it.each<[string, Value, Value]>([
    ['a switch', true, false], ['a whole number', 3, 1], ['a number', 26.5, 24], ['a mode', 'sleep', 'auto'], ['a text', 'b', 'a'], ['zero', 5, 0], ['off', true, false],
  ])('of %s asks for what it was', async (_, value, was) => {
    const { set, undo } = made();
    undo.heard(ended({ value, was }));
    expect(undo.offer?.phase).toBe('offered');
    await undo.back();
    expect(set).toHaveBeenCalledExactlyOnceWith('d', 'p', was);
  });

  it('is done only when the device confirmed it, and says so where it did not', async () => {
    const { undo } = made();
    undo.heard(ended({ value: true, was: false }));
    const going = undo.back();
    undo.heard(ended({ value: false, phase: 'timed_out' }));
    await going;
    expect(undo.offer?.phase).toBe('failed');
  });

  it('is not offered of an action, of what was not known, or of what did not work; and not for ever', () => {
    const { undo } = made();
    for (const more of [{ target: '!start' }, { was: null }, { phase: 'refused' as const, was: 1 }]) {
      undo.heard(ended(more));
      expect(undo.offer).toBeNull();
    }
    undo.heard(ended({ value: 2, was: 1 }));
    vi.advanceTimersByTime(OFFER_MS + 1);
    expect(undo.offer).toBeNull();
  });

  it('after several steps of one hand leads to where they began', async () => {
    const { set, undo } = made();
    undo.heard(ended({ value: 2, was: 1 }));
    undo.heard(ended({ value: 3, was: 2 }));
    await undo.back();
    expect(set).toHaveBeenCalledExactlyOnceWith('d', 'p', 1);
  });
});

describe('without a network', () => {
  const sent = vi.fn();
  beforeEach(() => {
    reach.offline = true;
    vi.stubGlobal('fetch', sent);
  });
  afterEach(() => {
    reach.offline = false;
    vi.unstubAllGlobals();
    sent.mockReset();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a command', () => api.set('d', 'p', 1)], ['an action', () => api.act('d', 'a', [])], ['a name', () => api.change('d', { name: 'x' })],
    ['a device that leaves', () => api.remove('d')], ['a room', () => api.addRoom('x')], ['a scene', () => homeApi.play('s')],
    ['an order', () => homeApi.setLists({ rooms: [] })], ['a person', () => peopleApi.remove('p')], ['a token', () => peopleApi.endToken('t')],
    ['a rule', () => rulesApi.enable('r', true)], ['anything else', () => ask('PATCH', '/api/x', {})],
  ])('%s is refused at once, sent never, and kept for no later', async (_, going) => {
    await expect(going()).rejects.toMatchObject({ code: 'offline' });
    expect(sent).not.toHaveBeenCalled();
    reach.offline = false;
    await Promise.resolve();
    expect(sent).not.toHaveBeenCalled();
    expect(new ApiError(0, 'offline', '').status).toBe(0);
  });
});
