import { describe, expect, it } from 'vitest';
import { chronicle, fits, GROUPS, kindsOf } from '../src/lib/home/chronicle';
import { aside, said } from '../src/lib/telling';
import { prefs } from '../src/lib/prefs.svelte';
import type { JournalRecord } from '../src/lib/types';

/** The hub's own kinds (model/happening.py): it answers 422 for any other. */
const HUB = ['update', 'event', 'command', 'outcome', 'availability', 'rule', 'comfort', 'home', 'security', 'system'];

const made = (seq: number, kind: string, body: Record<string, unknown>): JournalRecord => ({ seq, at: 1_700_000_000 + seq, kind, body }) as JournalRecord;
const comfort = { id: 'c1', kind: 'comfort', source: 'comfort' };

describe('the diary of the home', () => {
  it.each(GROUPS)('asks for %s only by kinds that the hub has', (group) => {
    for (const device of ['', 'lamp']) expect(HUB).toEqual(expect.arrayContaining([...kindsOf(group, device)]));
    expect(kindsOf(group, '')).not.toContain('update');
  });

  it('looks through the measurements of one device only', () => {
    expect(kindsOf('all', 'lamp')).toContain('update');
    expect(kindsOf('security', 'lamp')).not.toContain('update');
  });

  it('tells what comfort wrote and did, and nothing else where only comfort is wanted', () => {
    const told = chronicle([
      made(1, 'comfort', { what: 'climate', about: 'bedroom', reasons: [{ code: 'hold', figures: { target: 24 } }], cause: comfort }),
      made(2, 'command', { id: 'x', device: 'ac', property: 'power', value: true, cause: comfort }),
      made(3, 'command', { id: 'y', device: 'ac', property: 'power', value: false, cause: { id: 'p', kind: 'person', source: 'An' } }),
    ], {});
    const shown = told.filter((it) => fits(it, 'comfort', ''));
    expect(shown.map((it) => it.seq)).toEqual([2, 1]);
    prefs.lang = 'en';
    expect(said(shown[0]!.entry, undefined)).toBe('Comfort tried to turn it on');
    expect(said(shown[1]!.entry, undefined)).toMatch(/^Comfort: .*hold/i);
    expect(aside(shown[1]!.entry)).toBe('');
    expect(told.filter((it) => fits(it, 'people', '')).map((it) => it.seq)).toEqual([3]);
  });
});
