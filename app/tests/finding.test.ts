import { describe, expect, it } from 'vitest';
import { isCarried } from '../src/lib/home/needs';
import { placeOf, PLACES } from '../src/lib/home/nav';
import { moved, ordered } from '../src/lib/home/order';
import { initials } from '../src/lib/home/pinyin';
import { roomsOf } from '../src/lib/home/rooms';
import { found, MOST, plain, type Thing } from '../src/lib/home/search';
import { PAGES, pageAt } from '../src/lib/pages';
import { device } from './made';

const thing = (title: string, sort: Thing['sort'] = 'device', words: string[] = []): Thing => ({ key: title, sort, title, under: '', icon: 'home', href: '/', words });
const titles = (question: string, ...things: Thing[]) => found(things, question).map((it) => it.title);

describe('first letters of pinyin', () => {
  it.each([['客厅', 'kt'], ['空调', 'kt'], ['空气净化器', 'kqjhq'], ['卧室', 'ws'], ['心率', 'xl'], ['冷藏室', 'lcs'], ['洗碗机', 'xwj'], ['Mi 空调 2', 'mi kt 2']])('%s is %s', (text, letters) => expect(initials(text)).toBe(letters));
});

describe('search', () => {
  it('finds by the beginning before the middle, devices before rooms', () => {
    expect(titles('air', thing('Fair weather'), thing('Air purifier'), thing('Dry air', 'room'))).toEqual(['Air purifier', 'Dry air', 'Fair weather']);
    expect(titles('lamp', thing('Lamp room', 'room'), thing('Lamp'))[0]).toBe('Lamp');
  });
  it('finds by every word of the question, without case or marks', () => {
    expect(titles('CAFÉ lamp', thing('Café lamp'), thing('Lamp'))).toEqual(['Café lamp']);
    expect(plain('  ÉcrAn ')).toBe('ecran');
  });
  it('finds by other words and by the sound of Chinese', () => {
    expect(titles('kt', thing('空调'), thing('客厅', 'room'), thing('卧室', 'room'))).toEqual(['空调', '客厅']);
    expect(titles('Purifier', thing('空气净化器', 'device', ['Air purifier']))).toEqual(['空气净化器']);
  });
  it('takes signs as they stand and never more than a screen holds', () => {
    expect(titles('a.b(', thing('a.b(c)'), thing('axbc'))).toEqual(['a.b(c)']);
    expect(found(Array.from({ length: 99 }, (_, at) => thing(`Lamp ${at}`)), 'lamp')).toHaveLength(MOST);
    expect(titles('   ', thing('x'))).toEqual([]);
  });
});

describe('order', () => {
  it('moves within bounds only', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect([...moved(['a', 'b', 'c'], 0, 9)].sort()).toEqual(['a', 'b', 'c']);
  });
  it('puts what is chosen first and leaves the rest as it was', () => {
    const rows = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
    expect(ordered(rows, ['c', 'gone'], (it) => it.id).map((it) => it.id)).toEqual(['c', 'a', 'b']);
  });
  it('rooms have their devices, and what stands in none comes last', () => {
    const rooms = [{ id: 'r', name: 'Room' }, { id: 's', name: 'Study' }];
    const list = [device('x', [], { room: '' }), device('y', [], { room: 's' }), device('z', [], { room: 'r' })];
    const groups = roomsOf(rooms, list, { rooms: ['s', 'r'], devices: [] });
    expect(groups.map((group) => [group.id, group.devices.map((it) => it.id)])).toEqual([['s', ['y']], ['r', ['z']], ['', ['x']]]);
  });
});

describe('places', () => {
  it.each([['/', '/'], ['/devices/a', '/'], ['/rooms/r', '/'], ['/automations/rules/x', '/automations'], ['/diary/a', '/diary'], ['/people', '/you']])('%s belongs to %s', (path, place) => expect(placeOf(path)).toBe(place));
  it('every place is a page, and a page with an argument wants it', () => {
    for (const { path } of PLACES) expect(path === '/' || PAGES.some((page) => page.path === path)).toBe(true);
    expect(pageAt(['people', 'mei'])?.props).toEqual({ id: 'mei' });
    expect(pageAt(['people', 'new'])?.row.path).toBe('/people/new');
    expect(pageAt(['people', 'new', 'more'])).toBeUndefined();
  });
  it('only what is worn is carried', () => expect([isCarried({ kind: 'wristband' }), isCarried({ kind: 'light' })]).toEqual([true, false]));
});
