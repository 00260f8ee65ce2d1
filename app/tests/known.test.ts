import { afterEach, expect, it } from 'vitest';
import { prefs } from '../src/lib/prefs.svelte';
import { Known } from '../src/lib/rules/known.svelte';
import { whoWord } from '../src/lib/telling';

afterEach(() => void (prefs.lang = 'en'));
const settled = () => new Promise((done) => setTimeout(done, 0));

it('rules are told by their names in the reader\'s language, by their ids until those are known', async () => {
  let [now, asked] = [0, 0];
  const rows = [{ id: 'quiet-night', names: { en: 'Quiet night', zh: '安静的夜晚' } }];
  const known = new Known(() => ((asked += 1), Promise.resolve(rows)), () => now);
  expect(known.name('quiet-night')).toBe('quiet-night');
  await settled();
  expect(known.name('quiet-night')).toBe('Quiet night');
  prefs.lang = 'zh';
  expect(known.name('quiet-night')).toBe('安静的夜晚');
  expect([known.name('left'), known.name('left'), known.name('A name')]).toEqual(['left', 'left', 'A name']);
  expect(asked).toBe(1);
  now = 60_000;
  known.name('left'); // made since, or gone: the hub is asked once more
  await settled();
  expect([asked, known.name('left')]).toEqual([2, 'left']);
});

it('who may not ask reads ids', async () => {
  const known = new Known(() => Promise.reject(new Error('403')), () => 0);
  expect(known.name('quiet-night')).toBe('quiet-night');
  await settled();
  expect([known.name('quiet-night'), known.name('')]).toEqual(['quiet-night', '']);
});

it('the machine of the home has one word', () => {
  expect(whoWord({ kind: 'person', source: 'this machine' })).toBe('This machine');
  prefs.lang = 'zh';
  expect(whoWord({ kind: 'person', source: 'this machine' })).toBe('本机');
});
