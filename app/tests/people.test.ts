import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { app } from '../src/lib/app.svelte';
import { apart, fromField, serviceGrants, shareOf, sundayEvening, toField } from '../src/lib/people/key';
import { grantWords } from '../src/lib/people/sentences';
import type { Grant } from '../src/lib/people/types';
import { prefs } from '../src/lib/prefs.svelte';
import { deviceJson, homeJson, power } from './made';

describe('until when', () => {
  const at = (text: string): number => new Date(text).getTime() / 1000;
  it('is the next Sunday at eight in the evening', () => {
    expect(sundayEvening(at('2026-11-23T11:00'))).toBe(at('2026-11-29T20:00'));
    expect(sundayEvening(at('2026-11-29T19:59'))).toBe(at('2026-11-29T20:00'));
    expect(sundayEvening(at('2026-11-29T20:00'))).toBe(at('2026-12-06T20:00'));
  });
  it('stands in the field in local time', () => {
    expect(toField(at('2026-03-05T07:09'))).toBe('2026-03-05T07:09');
    expect(fromField('2026-03-05T07:09')).toBe(at('2026-03-05T07:09'));
    expect(fromField('')).toBeNull();
    expect(fromField('soon')).toBeNull();
  });
});

describe('grants that a key is not', () => {
  const key: Grant = { verbs: ['see', 'operate'], rooms: ['a'] };
  it('sharing stands apart, and comes back', () => {
    expect(apart([key, ...shareOf(['a', 'b'])])).toEqual({ shared: ['a', 'b'], rest: [key] });
    const more: Grant = { verbs: ['see', 'operate', 'share'], rooms: ['a'] };
    expect(apart([more])).toEqual({ shared: [], rest: [more] });
    const ends: Grant = { ...shareOf(['a'])[0], verbs: ['see', 'share'], until: 5 };
    expect(apart([ends])).toEqual({ shared: [], rest: [ends] });
    expect(shareOf([])).toEqual([]);
  });
  it('a service has devices of its maker, and no others', () => {
    expect(serviceGrants('', ['light'], [], false)).toEqual([]);
    expect(serviceGrants('Acme', [], [], false)).toEqual([{ verbs: ['see'], makers: ['Acme'] }]);
    const both = serviceGrants('Acme', ['light'], ['lamp'], true);
    expect(both.map((it) => it.makers)).toEqual([['Acme'], ['Acme']]);
    expect(both.map((it) => it.kinds ?? it.devices)).toEqual([['light'], ['lamp']]);
  });
});

describe('a grant as a sentence', () => {
  const words = (grant: Grant): string => grantWords(grant).replace(/[\u2066-\u2069]/g, '');
  beforeEach(() => app.home.adopt(homeJson([deviceJson('lamp', [power(true)], { name: '<b>Lamp</b>', room: 'a' })]), 1));
  afterEach(() => {
    prefs.lang = 'en';
    app.home.clear();
  });
  it('says what, with what, when and until when', () => {
    expect(words({ verbs: ['see', 'operate'], devices: ['lamp'] })).toBe('Sees and operates <b>Lamp</b>');
    expect(words({ verbs: ['see'] })).toBe('Sees the whole home');
    expect(words({ verbs: ['see'], kinds: ['gas_valve'], makers: ['Acme'] })).toBe('Sees every device of the kind Gas valve, made by Acme');
    expect(words({ verbs: ['see', 'share'], rooms: ['gone'] })).toBe('Lets guests in: in gone');
    expect(words({ verbs: ['see', 'operate', 'share'], rooms: ['gone'] })).toContain('lets guests in');
    expect(words({ verbs: ['see', 'configure'], traits: ['on_off'], hours: { days: [0, 6], from: '08:00', to: '20:00' } })).toMatch(/settings of only .* · Mon Sun, 08:00 to 20:00$/);
    expect(words({ verbs: ['see', 'operate'], devices: [] })).toContain('has left this home');
    expect(words({ verbs: ['see'], hours: { days: [0, 1, 2, 3, 4, 5, 6], from: '08:00', to: '20:00' }, until: 1e9 })).toMatch(/· 08:00 to 20:00 · until /);
  });
  it('in Chinese has no English left', () => {
    prefs.lang = 'zh';
    expect(words({ verbs: ['see', 'operate', 'share'], rooms: ['厨房'], hours: { days: [0], from: '08:00', to: '20:00' } })).not.toMatch(/[a-z]/i);
  });
});
