import { afterEach, beforeEach, expect, it } from 'vitest';
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
