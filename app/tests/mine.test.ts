import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Lists } from '../src/lib/home/api';
import { Mine } from '../src/lib/home/mine.svelte';

const NONE: Lists = { favourites: [], rooms: [], devices: [], scenes: [] };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function made(lists: Partial<Lists> = {}) {
  const sent: Partial<Lists>[] = [];
  const hub = {
    lists: vi.fn(async (): Promise<Lists> => ({ ...NONE, ...lists })),
    setLists: vi.fn(async (wish: Partial<Lists>): Promise<Lists> => {
      sent.push(wish);
      return { ...NONE, ...lists, ...wish };
    }),
  };
  return { sent, hub, mine: new Mine(hub) };
}

it('reads a person’s lists once, and another person’s anew', async () => {
  const { hub, mine } = made({ favourites: ['a'] });
  await mine.load('p');
  await mine.load('p');
  expect(hub.lists).toHaveBeenCalledTimes(1);
  expect(mine.isFavourite('a')).toBe(true);
  await mine.load('q');
  expect(hub.lists).toHaveBeenCalledTimes(2);
});

it('shows a change at once and sends several moves as one letter', async () => {
  const { sent, mine } = made({ favourites: ['a'] });
  await mine.load('p');
  mine.toggle('b');
  mine.put({ rooms: ['two', 'one'] });
  mine.toggle('a');
  expect(mine.lists.favourites).toEqual(['b']);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual([{ favourites: ['b'], rooms: ['two', 'one'] }]);
});

it('sends at once what was moved just before the page is put away, and only once', async () => {
  const { sent, mine } = made();
  await mine.load('p');
  mine.flush();
  expect(sent).toEqual([]);
  mine.put({ rooms: ['b', 'a'] });
  mine.flush();
  expect(sent).toEqual([{ rooms: ['b', 'a'] }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toHaveLength(1);
});

it('takes back what the hub did not keep, and says so until something is kept', async () => {
  const { hub, mine } = made({ favourites: ['a'] });
  await mine.load('p');
  hub.setLists.mockRejectedValueOnce(new Error('away'));
  mine.toggle('b');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(mine.lost).toBe(true);
  expect(mine.lists.favourites).toEqual(['a']);
  mine.toggle('c');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(mine.lost).toBe(false);
  expect(mine.lists.favourites).toEqual(['a', 'c']);
});

it('leaves the home in its own order where the hub cannot be asked, and asks again', async () => {
  const { hub, mine } = made({ favourites: ['a'] });
  hub.lists.mockRejectedValueOnce(new Error('away'));
  await mine.load('p');
  expect(mine.lists).toEqual(NONE);
  await mine.load('p');
  expect(mine.lists.favourites).toEqual(['a']);
});

it('goes by the lists that were kept here until the hub answers, and by the hub’s from then on', async () => {
  const { hub, mine } = made({ favourites: ['b'] });
  mine.recall('p', { favourites: ['a'], scenes: ['s'] });
  expect(mine.told('p')).toEqual({ ...NONE, favourites: ['a'], scenes: ['s'] });
  expect(mine.told('q')).toBeNull();
  hub.lists.mockRejectedValueOnce(new Error('away'));
  await mine.load('p');
  expect(mine.lists.favourites).toEqual(['a']);
  await mine.load('p');
  expect(mine.lists.favourites).toEqual(['b']);
  await mine.load('q');
  expect(mine.told('p')).toBeNull();
});

it('keeps a change on the screen that was made while the lists were asked for again', async () => {
  const { hub, sent, mine } = made({ favourites: ['a'] });
  await mine.load('p');
  const asked = mine.load('p', true);
  mine.toggle('b');
  await asked;
  expect(mine.lists.favourites).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual([{ favourites: ['a', 'b'] }]);
  expect(mine.lists.favourites).toEqual(['a', 'b']);
  hub.lists.mockRejectedValueOnce(new Error('away'));
  mine.toggle('c');
  await mine.load('p', true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(mine.lists.favourites).toEqual(['a', 'b', 'c']);
  expect(mine.told('p')?.favourites).toEqual(['a', 'b', 'c']);
});

it('writes no list that was never read: it would replace the whole of it', async () => {
  const { hub, sent, mine } = made({ favourites: ['a'] });
  hub.lists.mockRejectedValueOnce(new Error('away'));
  await mine.load('p');
  expect(mine.known).toBe(false);
  expect(mine.told('p')).toBeNull();
  mine.toggle('b');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual([]);
  await mine.load('p');
  mine.toggle('b');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual([{ favourites: ['a', 'b'] }]);
});
