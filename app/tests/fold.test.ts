import { describe, expect, it } from 'vitest';
import type { Told } from '../src/lib/home/chronicle';
import { folded } from '../src/lib/home/fold';

const line = (seq: number, device: string, entry: Record<string, unknown>): Told => ({ seq, device, entry: { key: String(seq), at: 1_700_000_000 + seq, ...entry } }) as Told;
const online = (seq: number, device: string): Told => line(seq, device, { kind: 'reach', state: 'online', reason: '' });
const adopted = (seq: number, device: string): Told => line(seq, device, { kind: 'home', what: 'device_adopted', who: { kind: 'system', source: '' } });

describe('runs of the diary', () => {
  it('tells many devices that came as one, each once', () => {
    const told = [online(6, 'c'), adopted(5, 'c'), online(4, 'b'), online(3, 'a'), adopted(2, 'b'), adopted(1, 'a')];
    const [run, ...rest] = folded(told);
    expect(rest).toEqual([]);
    expect(run).toMatchObject({ devices: 3, joined: true, told });
  });

  it('leaves two devices, trouble, and what is hours apart as they are', () => {
    const few = [online(2, 'a'), online(1, 'b')];
    expect(folded(few)).toEqual(few);
    const lost = [3, 2, 1].map((seq) => line(seq, `d${seq}`, { kind: 'reach', state: 'offline', reason: 'silent' }));
    expect(folded(lost)).toEqual(lost);
    const apart = [online(9000, 'a'), online(4000, 'b'), online(1, 'c')];
    expect(folded(apart)).toEqual(apart);
  });

  it('keeps every line and its order', () => {
    const told = [line(9, 'x', { kind: 'event', event: 'pressed' }), online(8, 'c'), online(7, 'b'), online(6, 'a'), line(5, 'a', { kind: 'reach', state: 'offline', reason: '' }), online(4, 'a')];
    expect(folded(told).flatMap((it) => ('told' in it ? it.told : [it]))).toEqual(told);
    expect(folded(told)).toHaveLength(4);
  });
});
