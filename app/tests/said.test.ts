import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ask } from '../src/lib/api';
import { errorWords } from '../src/lib/app.svelte';
import { prefs } from '../src/lib/prefs.svelte';
import { reasonWords } from '../src/lib/reasons';
import { putSentences, saidWords, saysOf } from '../src/lib/said.svelte';

const WORDS = {
  no_device: { en: 'there is no device', zh: '家里没有设备“{device}”{near}' },
  near: { en: 'near', zh: '；您是指 `{word}` 吗？' },
  may_not: { en: 'may not', zh: '{who}无权操作 {what}' },
};
const says = { code: 'no_device', figures: { device: '{word}', near: { code: 'near', figures: { word: 'lamp' } } } };

beforeEach(() => putSentences(WORDS));
afterEach(() => {
  prefs.lang = 'en';
  putSentences(null);
});

it('is the hub’s own text in English, and in Chinese its words with its figures', () => {
  expect(saidWords(says, 'there is no device')).toBe('there is no device');
  prefs.lang = 'zh';
  expect(saidWords(says, 'there is no device')).toBe('家里没有设备“{word}”；您是指 `lamp` 吗？');
  expect(saidWords({ code: 'may_not', figures: { who: 'Ann', what: 'lamp' } }, 'x')).toBe('\u2068Ann\u2069无权操作 lamp');
});

it('a figure may be a list', () => {
  prefs.lang = 'zh';
  const near = { code: 'near', figures: { word: 'a' } };
  expect(saidWords({ code: 'no_device', figures: { device: ['x', near], near: '' } }, '')).toBe('家里没有设备“x；；您是指 `a` 吗？”');
});

it('without words it stays as the hub said it', () => {
  prefs.lang = 'zh';
  expect(saidWords({ code: 'new_one', figures: {} }, 'something new')).toBe('something new');
  expect(saidWords(undefined, 'something')).toBe('something');
  const endless: Record<string, unknown> = {};
  const loop = { code: 'no_device', figures: endless };
  endless.near = loop;
  expect(saidWords(loop as never, 'x').length).toBeLessThan(100);
});

it('is asked for by the shape of what came', () => {
  for (const wrong of [null, undefined, 3, 'x', {}, { code: 'a' }, { code: 1, figures: {} }]) expect(saysOf(wrong)).toBeUndefined();
  expect(saysOf(says)).toBe(says);
});

it('a reason that this app has own words for keeps them', () => {
  prefs.lang = 'zh';
  expect(reasonWords('a newer command for the same property came first', says)).not.toContain('家里');
  expect(reasonWords('something else', says)).toContain('家里没有设备');
});

it('is there in the reader’s language with the first refusal already', async () => {
  prefs.lang = 'zh';
  putSentences(null);
  const answers: Record<string, [status: number, body: unknown]> = {
    '/api/sentences': [200, { words: WORDS }],
    '/api/people': [409, { error: { code: 'taken', message: 'may not', says: { code: 'may_not', figures: { who: 'Ann', what: 'lamp' } } } }],
  };
  const seen: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    seen.push(path);
    const [status, body] = answers[path] ?? [404, {}];
    return new Response(JSON.stringify(body), { status });
  });
  const refused = await ask('POST', '/api/people', {}).catch((error: unknown) => error);
  expect(errorWords(refused)).toContain('无权操作');
  expect(seen).toEqual(['/api/people', '/api/sentences']);
  // who reads English asks for no words, and a home without them still answers
  prefs.lang = 'en';
  putSentences(null);
  await ask('POST', '/api/people', {}).catch(() => undefined);
  expect(seen).toHaveLength(3);
  prefs.lang = 'zh';
  delete answers['/api/sentences'];
  expect(errorWords(await ask('POST', '/api/people', {}).catch((error: unknown) => error))).toBe('操作没有成功（409）。');
  vi.unstubAllGlobals();
});
