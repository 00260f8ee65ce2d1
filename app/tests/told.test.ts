import { afterEach, expect, it } from 'vitest';
import { app } from '../src/lib/app.svelte';
import { reasoned, sentences } from '../src/lib/home/reasoned.svelte';
import { prefs } from '../src/lib/prefs.svelte';
import { linkWords } from '../src/lib/rules/told';
import { wordsPath, writtenWords } from '../src/lib/rules/words';
import type { Device } from '../src/lib/home.svelte';
import { aside, said, whoWord } from '../src/lib/telling';

const bare = (text: string): string => text.replace(/[\u2066-\u2069]/g, '');
afterEach(() => void ((prefs.lang = 'en'), (app.session = null)));

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

it('who wakes is a person and no room, and a line says what is set where that differs', () => {
  const body = (reasons: unknown[]) => ({ what: 'sleep', about: 'bedroom', reasons });
  expect(bare(reasoned(body([{ code: 'sleep.moves', figures: { who: 'Wang Fang' } }])))).toMatch(/^Comfort, Wang Fang: /);
  expect(bare(reasoned(body([{ code: 'hand', figures: { who: 'Wang Fang' } }])))).not.toContain('Wang Fang:');
  const twice = bare(reasoned(body([{ code: 'curve.top', figures: { target: 19 } }, { code: 'no_model', figures: {} }, { code: 'set_for', figures: { setting: 19.5 } }])));
  expect(twice).toMatch(/: Top Set for$/i);
});

it('a band that went out with its wearer is in no trouble', () => {
  const gone = { key: '1', at: 1, kind: 'reach', state: 'offline', reason: 'connection refused' } as const;
  const [band, lamp] = ['wristband', 'light'].map((kind) => ({ kind, properties: {}, actions: [] }) as unknown as Device);
  expect([said(gone, band), aside(gone, band)]).toEqual(['Out with its wearer', '']);
  expect([said(gone, lamp), aside(gone, lamp)]).toEqual(['Not reachable', 'It cannot be reached at its address']);
  prefs.lang = 'zh';
  expect(said(gone, band)).toBe('不在家（随佩戴者外出）');
});

it('no sentence is without a doer, and who is told of nobody else is told of themselves', () => {
  for (const kind of ['person', 'rule', 'agent']) expect(whoWord({ kind, source: '' })).not.toBe('');
  expect(whoWord({ kind: 'rule', source: '' })).toBe('A rule');
  const may = (see: boolean) => ({ see, configure: false, share: false, operate: true });
  const session = (see: boolean) => ({ signed_in: true, person: { id: 'm', name: 'Mei', role: 'guest', may: may(see) }, owner_exists: true, demo: false, home: 'Home' });
  app.session = session(false);
  expect(whoWord({ kind: 'person', source: 'Mei' })).toBe('You');
  app.session = session(true);
  expect(bare(whoWord({ kind: 'person', source: 'Mei' }))).toBe('Mei');
});

it('what a rule says in several languages is read, and written, in the reader’s', () => {
  const both = { en: 'Frost', zh: '防冻' };
  expect([writtenWords(both), writtenWords('Frost'), writtenWords(undefined)]).toEqual(['Frost', 'Frost', '']);
  expect([wordsPath(both, ['about']), wordsPath('Frost', ['about'])]).toEqual([['about', 'en'], ['about']]);
  prefs.lang = 'zh';
  expect(writtenWords(both)).toBe('防冻');
  expect(wordsPath(both, ['text'])).toEqual(['text', 'zh']);
});
