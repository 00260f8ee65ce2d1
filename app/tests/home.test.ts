import { prefs } from '../src/lib/prefs.svelte';
import { describe, expect, it, vi } from 'vitest';
import { Home } from '../src/lib/home.svelte';
import { deviceJson, homeJson, power, property, record } from './made';

function home(): Home {
  const it = new Home();
  it.adopt(homeJson([deviceJson('ac', [power(false), property('t', { kind: 'float', value: 20 })])]), 990);
  return it;
}
const update = (seq: number, path: string, value: unknown, more: Record<string, unknown> = {}) =>
  record(seq, 'update', { device: 'ac', property: path, value, quality: 'good', cause: { id: 'c', kind: 'device', source: 'ac' }, ...more });
const say = (it: Home, ...records: ReturnType<typeof record>[]) =>
  it.hear({ type: 'records', cursor: records.at(-1)?.seq ?? 0, records }, 0);

describe('records', () => {
  it('change a value, its age and its cause', () => {
    const it_ = home();
    say(it_, update(11, 'power', true));
    expect(it_.property('ac', 'power')).toMatchObject({ value: true, quality: 'good', observed_at: 1011, cause: { kind: 'device' } });
    expect(it_.cursor).toBe(11);
  });

  it('that are known already are not applied again', () => {
    const it_ = home();
    say(it_, update(12, 'power', true));
    say(it_, update(11, 'power', false), update(12, 'power', false));
    expect(it_.property('ac', 'power')?.value).toBe(true);
    expect(it_.cursor).toBe(12);
  });

  it('of staleness keep the value and the time when the device last said it', () => {
    const it_ = home();
    say(it_, update(11, 't', 21), update(12, 't', 21, { quality: 'stale' }));
    expect(it_.property('ac', 't')).toMatchObject({ value: 21, quality: 'stale', observed_at: 1011 });
  });

  it('of an unknown value keep what stood on the wire', () => {
    const it_ = home();
    say(it_, update(11, 't', null, { quality: 'unknown', raw: 'zz' }));
    expect(it_.property('ac', 't')).toMatchObject({ value: null, raw: 'zz', quality: 'unknown' });
  });

  it('of commands mark the property until its own command ended', () => {
    const it_ = home();
    say(it_, record(11, 'command', { id: 'c1', device: 'ac', property: 'power', value: true }));
    say(it_, record(12, 'command', { id: 'c2', device: 'ac', property: 'power', value: false }));
    say(it_, record(13, 'outcome', { command: 'c1', device: 'ac', status: 'superseded', reason: '' }));
    expect(it_.property('ac', 'power')?.waiting).toBe('c2');
    say(it_, record(14, 'outcome', { command: 'c2', device: 'ac', status: 'confirmed', reason: '' }));
    expect(it_.property('ac', 'power')?.waiting).toBeNull();
  });

  it('of availability say since when and why', () => {
    const it_ = home();
    say(it_, record(11, 'availability', { device: 'ac', state: 'locked_out', reason: 'new token' }));
    expect(it_.devices.ac?.availability).toEqual({ state: 'locked_out', since: 1011, reason: 'new token' });
  });

  it('of a removed device take it away, and ask for the whole home', () => {
    const it_ = home();
    it_.onChanged = vi.fn();
    say(it_, record(11, 'home', { what: 'device_removed', device: 'ac' }));
    expect(it_.list).toEqual([]);
    expect(it_.onChanged).toHaveBeenCalledOnce();
  });

  it('about strangers change nothing', () => {
    const it_ = home();
    say(it_, record(11, 'update', { device: 'x', property: 'y', value: 1, quality: 'good' }), record(12, 'update', {}), record(13, 'security', { what: 'login' }));
    expect(it_.cursor).toBe(13);
    expect(it_.property('ac', 't')?.value).toBe(20);
  });
});

describe('a whole home', () => {
  it('that was made before the newest records gets them on top', () => {
    const it_ = home();
    say(it_, update(11, 't', 21), update(12, 't', 22));
    it_.adopt(homeJson([deviceJson('ac', [property('t', { value: 21 })])], 11), 0);
    expect(it_.property('ac', 't')?.value).toBe(22);
    expect(it_.cursor).toBe(12);
  });

  it('from the stream begins anew, also with a lower cursor', () => {
    const it_ = home();
    say(it_, update(11, 't', 21));
    it_.hear({ type: 'snapshot', cursor: 3, home: homeJson([deviceJson('ac', [property('t', { value: 5 })])], 3) }, 0);
    expect(it_.property('ac', 't')?.value).toBe(5);
    expect(it_.cursor).toBe(3);
    say(it_, update(4, 't', 6));
    expect(it_.property('ac', 't')?.value).toBe(6);
  });

  it('tells the hub’s clock', () => {
    expect(home().skew).toBe(10);
  });
});

describe('seen', () => {
  it('makes a value younger and leaves its quality to the records', () => {
    const it_ = home();
    say(it_, update(11, 't', 21), update(12, 't', 21, { quality: 'stale' }));
    it_.hear({ type: 'seen', now: 2000, observed: { 'ac/t': 1990, 'gone/t': 1, nonsense: 2 } }, 1995);
    expect(it_.property('ac', 't')).toMatchObject({ observed_at: 1990, quality: 'stale' });
    expect(it_.skew).toBe(5);
  });
});

it('listeners hear each new record once, until they leave', () => {
  const it_ = home();
  const heard = vi.fn();
  const leave = it_.listen(heard);
  say(it_, update(11, 't', 21));
  say(it_, update(11, 't', 21));
  leave();
  say(it_, update(12, 't', 22));
  expect(heard).toHaveBeenCalledTimes(1);
});

it('the demo’s own names are in the reader’s language, a name that somebody gave is nobody’s to change', () => {
  const home = new Home();
  const names = { en: 'Air purifier', zh: '空气净化器' };
  const json = homeJson([deviceJson('a', [], { name: 'Air purifier', names }), deviceJson('b', [], { name: 'Mine' })]);
  home.adopt({ ...json, rooms: [{ id: 'r', name: 'Bedroom', names: { en: 'Bedroom', zh: '卧室' } }] }, 1000);
  const said = () => [home.list[0]?.name, home.list[1]?.name, home.rooms[0]?.name];
  expect(said()).toEqual(['Air purifier', 'Mine', 'Bedroom']);
  prefs.lang = 'zh';
  expect(said()).toEqual(['空气净化器', 'Mine', '卧室']);
  prefs.lang = 'en';
});
