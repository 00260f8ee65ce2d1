import { afterEach, expect, it } from 'vitest';
import { reasoned, sentences } from '../src/lib/home/reasoned.svelte';
import { prefs } from '../src/lib/prefs.svelte';
import { linkWords } from '../src/lib/rules/told';

const bare = (text: string): string => text.replace(/[\u2066-\u2069]/g, '');
afterEach(() => void (prefs.lang = 'en'));

it('a link of a chain says who it was as the diary does', () => {
  const link = (by: string, source: string) => bare(linkWords({ by, source, text: `${source} set ac.power to on` }, (id) => `<${id}>`));
  expect(link('comfort', 'climate')).toMatch(/^Comfort /);
  expect(link('person', 'Ann')).toMatch(/^Ann /);
  expect(link('rule', 'hot')).toContain('<hot>');
  expect(link('person', '')).toContain('set');
  prefs.lang = 'zh';
  expect(link('comfort', 'climate')).toMatch(/^舒适/);
  expect(link('person', 'this machine')).not.toContain('this machine');
});

it('reasons without words are their codes made readable, and nothing else is a reason', () => {
  expect(sentences([{ code: 'no_model', figures: {} }, 3, null])).toEqual(['No model']);
  expect(sentences(undefined)).toEqual([]);
  expect(bare(reasoned({ what: 'climate', about: 'nowhere', reasons: [{ code: 'mild', figures: {} }] }))).toBe('Comfort: Mild');
});
