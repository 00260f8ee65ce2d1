import { describe, expect, it } from 'vitest';
import { arcPath, partAt, pointAt } from '../src/lib/arc';
import { tell } from '../src/lib/diary';
import { pageAt } from '../src/lib/pages';
import { routeOf } from '../src/lib/route.svelte';
import { extremes, grown, seriesOf } from '../src/lib/series';
import { power, property, record, target } from './made';

describe('the diary', () => {
  const properties = { power: power(true), target_temperature: target(25), temperature: property('temperature', { trait: 'temperature', kind: 'float' }) };
  const wang = { id: 'p', kind: 'person', source: 'Wang' };
  const said = (seq: number, path: string, value: unknown, at?: number) =>
    record(seq, 'update', { device: 'ac', property: path, value, quality: 'good', cause: { id: 'd', kind: 'device', source: 'ac' } }, at);

  it('joins a command with its end, and does not tell the device’s echo of it again', () => {
    const entries = tell([
      record(1, 'command', { id: 'c', device: 'ac', property: 'power', value: true, cause: wang }, 100),
      said(2, 'power', true, 100.1),
      record(3, 'outcome', { command: 'c', device: 'ac', status: 'confirmed', reason: '' }, 100.2),
    ], 'ac', properties, false);
    expect(entries).toEqual([expect.objectContaining({ kind: 'command', who: { kind: 'person', source: 'Wang' }, status: 'confirmed', value: true })]);
  });

  it('tells a change that nobody here asked for, newest first, and no measurements', () => {
    const entries = tell([said(1, 'target_temperature', 24), said(2, 'temperature', 21), said(3, 'target_temperature', 26), said(4, 'target_temperature', 26)], 'ac', properties, false);
    expect(entries.map((it) => it.kind === 'update' && it.value)).toEqual([26, 24]);
  });

  it('how a device was found is no change, and coming back with the same value is none either', () => {
    const stale = record(2, 'update', { device: 'ac', property: 'power', value: true, quality: 'stale' });
    expect(tell([said(1, 'power', true), stale, said(3, 'power', true)], 'ac', properties, true)).toEqual([]);
    expect(tell([stale, said(3, 'power', true)], 'ac', properties, false)).toEqual([]);
    expect(tell([said(1, 'power', true), said(3, 'power', false)], 'ac', properties, true)).toHaveLength(1);
  });

  it('one trouble is told once, with its last reason', () => {
    const reach = (seq: number, state: string, reason = '') => record(seq, 'availability', { device: 'ac', state, reason });
    const entries = tell([reach(1, 'offline', 'a'), reach(2, 'connecting'), reach(3, 'offline', 'b'), reach(4, 'online'), reach(5, 'offline', 'c')], 'ac', properties, false);
    expect(entries.map((it) => it.kind === 'reach' && [it.key, it.reason])).toEqual([['5', 'c'], ['4', ''], ['1', 'b']]);
  });

  it('what a device says right after its coming is how it was found, and the invented day says so', () => {
    const online = record(1, 'availability', { device: 'ac', state: 'online', reason: '' }, 100);
    expect(tell([online, said(2, 'power', true, 101)], 'ac', properties, false)).toEqual([expect.objectContaining({ kind: 'reach' })]);
    const back = record(4, 'availability', { device: 'ac', state: 'online', reason: '' }, 200);
    const entries = tell([online, said(2, 'power', true, 101), said(3, 'power', false, 150), back, said(5, 'power', true, 201)], 'ac', properties, false);
    expect(entries.flatMap((it) => (it.kind === 'update' ? it.how : []))).toEqual(['found', 'there']);
    const invented = record(6, 'update', { device: 'ac', property: 'power', value: false, quality: 'good', cause: { id: 's', kind: 'system', source: 'simulated yesterday' } }, 300);
    expect(tell([said(5, 'power', true, 201), invented], 'ac', properties, true)).toEqual([expect.objectContaining({ how: 'simulated' })]);
  });

  it('a later change back to what was commanded is told', () => {
    const entries = tell([
      record(1, 'command', { id: 'c', device: 'ac', property: 'power', value: true, cause: wang }, 100),
      record(2, 'outcome', { command: 'c', device: 'ac', status: 'confirmed', reason: '' }, 100),
      said(3, 'power', false, 200), said(4, 'power', true, 300),
    ], 'ac', properties, false);
    expect(entries.map((it) => it.key)).toEqual(['4', '3', '1']);
  });

  it('leaves out other devices, staleness and connecting', () => {
    expect(tell([
      record(1, 'update', { device: 'other', property: 'power', value: true, quality: 'good' }),
      record(2, 'update', { device: 'ac', property: 'power', value: true, quality: 'stale' }),
      record(3, 'availability', { device: 'ac', state: 'connecting', reason: '' }),
      record(4, 'availability', { device: 'ac', state: 'offline', reason: 'why' }),
      record(5, 'outcome', { command: 'lost', device: 'ac', status: 'failed', reason: '' }),
    ], 'ac', properties, false)).toEqual([expect.objectContaining({ kind: 'reach', state: 'offline', reason: 'why' })]);
  });
});

describe('a series', () => {
  it('is broken by gaps and told by its extremes', () => {
    const series = seriesOf({ rows: [[100, 1, 2, 3, 2], [200, 2, 3, 9, 3], [500, 0, 1, 2, 1]], gaps: [[210, 490], [0, 90]] });
    expect(series[0]).toEqual([100, 200, 350, 500]);
    expect(series[2]).toEqual([2, 3, null, 1]);
    expect(extremes(series)).toEqual({ low: 0, high: 9, last: 1 });
  });

  it('with nothing in it has no extremes', () => expect(extremes(seriesOf({ rows: [], gaps: [[1, 2]] }))).toBeNull());

  it('grows: into its last point, then beside it, and forgets what is too old', () => {
    const series = seriesOf({ rows: [[100, 5, 5, 5, 5]], gaps: [] });
    const folded = grown(series, 105, 7, 10, 0);
    expect(folded).toEqual([[100], [5], [7], [7]]);
    expect(grown(folded, 120, 6, 10, 110)).toEqual([[120], [6], [6], [6]]);
    expect(series).toEqual([[100], [5], [5], [5]]);
    expect(grown(seriesOf({ rows: [], gaps: [] }), 9, 1, 10, 0)[0]).toEqual([9]);
  });
});

describe('the dial', () => {
  it.each([0, 0.1, 0.5, 0.9, 1])('finds part %s again from where it stands', (part) => {
    expect(partAt(pointAt(part, 100))).toBeCloseTo(part, 6);
  });

  it('the open bottom belongs to the nearer end', () => {
    expect(partAt({ x: -10, y: 100 })).toBe(0);
    expect(partAt({ x: 10, y: 100 })).toBe(1);
  });

  it('draws the long way round where it must', () => {
    expect(arcPath(0, 1, 100)).toContain('A100 100 0 1 1');
    expect(arcPath(0.4, 0.1, 100)).toContain('A100 100 0 0 1');
  });
});

it('pages have addresses', () => {
  expect(routeOf('/')).toEqual({ page: 'home' });
  expect(routeOf('/devices/a%20b/')).toEqual({ page: 'device', id: 'a b' });
  expect(routeOf('/claim/X1')).toEqual({ page: 'claim', code: 'X1' });
  expect(routeOf('/add')).toMatchObject({ page: 'listed', row: { path: '/add' }, props: {} });
  expect(routeOf('/link/over')).toEqual({ page: 'link', wait: 0 });
  expect(routeOf('/link/wait/12')).toEqual({ page: 'link', wait: 12 });
  expect(routeOf('/account')).toMatchObject({ page: 'listed', row: { path: '/account' } });
  expect(pageAt(['a', 'b'], [{ path: '/a/:id', title: 'app.back', load: () => Promise.reject(new Error('never')) }])?.props).toEqual({ id: 'b' });
  for (const path of ['/link', '/link/x', '/devices', '/claim', '/x', '/devices/a/b']) expect(routeOf(path)).toEqual({ page: 'lost' });
  expect(routeOf('/devices/%')).toEqual({ page: 'device', id: '%' });
});
