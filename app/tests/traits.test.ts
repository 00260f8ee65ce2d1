import { describe, expect, it } from 'vitest';
import { heroOf } from '../src/lib/cards/hero';
import { layout } from '../src/lib/cards/layout';
import { needsOf } from '../src/lib/home/needs';
import { controlFor, looksOnly, stepsOf, toneOf } from '../src/lib/traits';
import { summaryOf } from '../src/lib/summary';
import { device, power, property, target } from './made';

const pm25 = (value: number, more = {}) => property('pm2_5', { trait: 'air_quality', unit: 'ug/m3', value, ...more });
const temperature = (value: number, more = {}) => property('temperature', { trait: 'temperature', kind: 'float', unit: 'Cel', value, ...more });

describe('the control for a definition', () => {
  it.each([
    ['reading', property('a', { kind: 'bool' })],
    ['switch', property('a', { kind: 'bool', writable: true })],
    ['choice', property('a', { kind: 'enum', writable: true, choices: ['x'] })],
    ['text', property('a', { kind: 'enum', writable: true })],
    ['text', property('a', { kind: 'text', writable: true })],
    ['steps', property('a', { writable: true, low: 0, high: 2, step: 1 })],
    ['range', property('a', { writable: true, low: 0, high: 14, step: 1 })],
    ['range', property('a', { writable: true, low: 1, high: 3, unit: '%' })],
    ['range', property('a', { writable: true, low: 0, high: 65534 })],
    ['number', property('a', { writable: true, low: 0 })],
    ['number', property('a', { writable: true, low: 5, high: 5 })],
  ])('is a %s', (control, def) => expect(controlFor(def)).toBe(control));

  it('steps are exact, and none where there are too many', () => {
    expect(stepsOf(property('a', { low: 16, high: 17.2, step: 0.4 }))).toEqual([16, 16.4, 16.8, 17.2]);
    expect(stepsOf(property('a', { low: 0, high: 65534, step: 1 }))).toEqual([]);
  });
});

describe('who only looks on', () => {
  const lock = property('child_lock', { kind: 'bool', writable: true, operable: false });
  it('is who may operate nothing of it', () => {
    expect(looksOnly(device('p', [power(true), lock]))).toBe(false);
    expect(looksOnly(device('p', [{ ...power(true), operable: false }, lock]))).toBe(true);
    expect(looksOnly(device('p', [lock], { actions: [{ path: 'toggle', trait: 'on_off', labels: {}, arguments: [] }] }))).toBe(false);
    expect(looksOnly(device('p', [power(true)], { may: ['see'] }))).toBe(true);
  });
  it('is nobody where there is nothing to operate', () => expect(looksOnly(device('s', [temperature(21)]))).toBe(false));
});

describe('the layout of a device', () => {
  const ac = device('ac', [
    power(true), property('mode', { trait: 'mode', kind: 'enum', writable: true, choices: ['cool'], value: 'cool' }), target(26),
    property('fan_mode', { trait: 'fan', kind: 'enum', writable: true, choices: ['auto'] }),
    property('eco', { trait: 'comfort_mode', kind: 'bool', writable: true }),
    property('brightness', { trait: 'indicator', writable: true, low: 0, high: 2, step: 1 }),
    temperature(24), property('fault', { trait: 'fault', kind: 'text', value: 'No faults' }),
    property('odd', { writable: true, kind: 'bool' }), property('hidden', { readable: false, trait: 'energy' }),
  ], { actions: [{ path: 'toggle', trait: 'on_off', labels: {}, arguments: [] }, { path: 'reset_filter', trait: 'filter', labels: {}, arguments: [] }] });
  const paths = (list: { path: string }[]) => list.map((it) => it.path);

  it('comes from traits, each property in one place', () => {
    const parts = layout(ac);
    expect(parts.power?.path).toBe('power');
    expect(parts.hero).toMatchObject({ kind: 'thermostat', current: { path: 'temperature' } });
    expect(paths(parts.primary)).toEqual(['mode', 'fan_mode']);
    expect(paths(parts.options)).toEqual(['eco']);
    expect(paths(parts.adjust)).toEqual(['brightness']);
    expect(paths(parts.readings)).toEqual(['temperature']);
    expect(paths(parts.vendor)).toEqual(['odd']);
    expect(paths(parts.actions)).toEqual(['reset_filter']);
    expect(toneOf(ac)).toBe('cooling');
  });

  it('tells of no time that runs down where nothing is timed', () => {
    const left = (value: number) => device('w', [property('time_left', { unit: 'min', trait: 'operation', value })]);
    expect(paths(layout(left(0)).readings)).toEqual([]);
    expect(paths(layout(left(3)).readings)).toEqual(['time_left']);
  });

  it('gives each compartment its own set point and temperature', () => {
    const fridge = device('f', [temperature(4, { path: 'freezer.temperature', component: 'freezer' }),
      target(4, { path: 'fridge.target_temperature', component: 'fridge' }), temperature(5, { path: 'fridge.temperature', component: 'fridge' })]);
    expect(heroOf(fridge)).toMatchObject({ kind: 'compartments', parts: [
      { component: 'freezer', target: null, current: { path: 'freezer.temperature' } },
      { component: 'fridge', target: { path: 'fridge.target_temperature' }, current: { path: 'fridge.temperature' } },
    ] });
  });

  it('shows the air where there is no thermostat, and nothing large where there is neither', () => {
    expect(heroOf(device('p', [pm25(3)]))?.kind).toBe('air');
    expect(heroOf(device('p', [power(true)]))).toBeNull();
  });
});

describe('what needs a person', () => {
  it('a device that is away needs only that', () => {
    const away = device('p', [property('filter_life', { trait: 'filter', unit: '%', value: 2 })], { availability: { state: 'offline', since: 0, reason: 'why' } });
    expect(needsOf(away)).toEqual([{ kind: 'offline', reason: 'why' }]);
  });

  it('a band that went out with its wearer needs nobody, one that lost its key does', () => {
    const band = (state: 'offline' | 'locked_out') => needsOf(device('b', [], { kind: 'wristband', availability: { state, since: 0, reason: 'why' } }));
    expect(band('offline')).toEqual([]);
    expect(band('locked_out')).toEqual([{ kind: 'locked_out', reason: 'why' }]);
  });

  it('a filter below ten percent, a fault, a filter to clean; old news needs nobody', () => {
    const worn = (value: number, more = {}) => needsOf(device('p', [property('filter_life', { trait: 'filter', unit: '%', value, ...more })]));
    expect(worn(9)).toHaveLength(1);
    expect(worn(10)).toEqual([]);
    expect(worn(9, { quality: 'stale' })).toEqual([]);
    const fault = (value: string) => needsOf(device('p', [property('fault', { trait: 'fault', kind: 'text', value })]));
    expect(fault('motor stuck')).toEqual([{ kind: 'fault', reason: 'motor stuck' }]);
    for (const none of ['', '0', 'No faults', 'no_fault', 'Normal']) expect(fault(none)).toEqual([]);
    expect(needsOf(device('p', [property('filter_alert', { trait: 'filter', kind: 'bool', value: true })]))).toMatchObject([{ kind: 'filter_alert' }]);
  });
});

describe('the summary', () => {
  it('tells the span of rooms, the worst air and what runs, from fresh values of reachable devices', () => {
    const summary = summaryOf([
      device('a', [power(true), temperature(22), pm25(12)]), device('b', [power(false), temperature(25), pm25(80)]),
      device('c', [temperature(40)], { kind: 'oven' }), device('d', [temperature(3, { quality: 'stale' })]),
      device('e', [power(true), pm25(500)], { availability: { state: 'offline', since: 0, reason: '' } }),
    ]);
    expect(summary.indoors).toMatchObject({ low: 22, high: 25 });
    expect(summary.air?.value).toBe(80);
    expect(summary.running.map((it) => it.device.id)).toEqual(['a']);
    expect(summary.needs).toHaveLength(1);
  });

  it('keeps what stands outdoors apart from the rooms', () => {
    const balcony = device('o', [temperature(-4), pm25(180)], { kind: 'air_quality_sensor', outdoors: true });
    const summary = summaryOf([device('a', [temperature(22), pm25(12)]), balcony]);
    expect(summary.indoors).toMatchObject({ low: 22, high: 22 });
    expect(summary.air?.value).toBe(12);
    expect([summary.outdoors?.temperature?.value, summary.outdoors?.air?.value, summary.outdoors?.humidity]).toEqual([-4, 180, null]);
    expect(summaryOf([{ ...balcony, availability: { state: 'offline', since: 0, reason: '' } }]).outdoors).toBeNull();
  });

  it('takes an outlet that measures for running only while something draws from it', () => {
    const watts = (value: number) => property('electric_power', { trait: 'energy', kind: 'float', unit: 'W', value });
    const outlets = [device('idle', [power(true), watts(3)]), device('busy', [power(true), watts(74)]), device('plain', [power(true)])];
    expect(summaryOf(outlets.map((it) => ({ ...it, kind: 'outlet' }))).running.map((it) => it.device.id)).toEqual(['busy', 'plain']);
  });

  it('says nothing of what nobody measures', () => {
    expect(summaryOf([])).toEqual({ indoors: null, humidity: null, outdoors: null, air: null, running: [], open: [], there: [], needs: [] });
  });
});
