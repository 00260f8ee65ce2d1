import { describe, expect, it } from 'vitest';
import { emptyKey, fromField, grantsOf, keyOf, sundayEvening, toField } from '../src/lib/people/key';

describe('a key and its grants', () => {
  it('says rooms and devices in a grant each, for in one they narrow each other', () => {
    const key = { rooms: ['bedroom'], devices: ['lamp'], operate: true, hours: null };
    expect(grantsOf(key)).toEqual([
      { verbs: ['see', 'operate'], rooms: ['bedroom'] },
      { verbs: ['see', 'operate'], devices: ['lamp'] },
    ]);
  });
  it('comes back as it went', () => {
    const key = { rooms: ['a'], devices: ['b', 'c'], operate: false, hours: { days: [0, 6], from: '08:00', to: '20:00' } };
    expect(keyOf(grantsOf(key))).toEqual(key);
    expect(keyOf([])).toEqual(emptyKey());
  });
  it('is none where the grants say more', () => {
    expect(keyOf([{ verbs: ['see'] }])).toBeNull();
    expect(keyOf([{ verbs: ['see'], rooms: ['a'], devices: ['b'] }])).toBeNull();
    expect(keyOf([{ verbs: ['see'], rooms: ['a'], kinds: ['light'] }])).toBeNull();
    expect(keyOf([{ verbs: ['see'], rooms: ['a'] }, { verbs: ['see', 'operate'], rooms: ['b'] }])).toBeNull();
    expect(keyOf([{ verbs: ['see'], rooms: ['a'], until: 5 }])).toBeNull();
  });
});

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
