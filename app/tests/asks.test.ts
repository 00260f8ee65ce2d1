import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../src/lib/api';
import { Asks } from '../src/lib/asks.svelte';
import { Home } from '../src/lib/home.svelte';
import { shown } from '../src/lib/shown';
import type { CommandResult, Status } from '../src/lib/types';
import { deviceJson, homeJson, target } from './made';

let home: Home;
let answers: { resolve: (result: CommandResult) => void; reject: (error: unknown) => void }[];
let live: boolean;
let asks: Asks;

const send = () => new Promise<CommandResult>((resolve, reject) => answers.push({ resolve, reject }));
const result = (status: Status | 'waiting', reason = ''): CommandResult => ({ id: 'c', device: 'ac', status, reason, at: 1010 });
const set = (value: number) => asks.set('ac', 'target_temperature', value);
const ask = () => asks.get('ac', 'target_temperature');

beforeEach(() => {
  vi.useFakeTimers();
  home = new Home();
  home.adopt(homeJson([deviceJson('ac', [target(26)])]), 1000);
  answers = [];
  live = true;
  asks = new Asks(home, { set: send, act: send }, () => live);
});
afterEach(() => void vi.useRealTimers());

const prop = () => {
  const found = home.property('ac', 'target_temperature');
  if (!found) throw new Error('gone');
  return found;
};

it('is asked, then confirmed, then forgotten; the store is left to the device', async () => {
  const done = set(24);
  expect(shown(prop(), ask())).toEqual({ value: 24, state: 'asked' });
  expect(prop().value).toBe(26);
  answers[0]?.resolve(result('confirmed'));
  await done;
  expect(shown(prop(), ask())).toEqual({ value: 24, state: 'confirmed' });
  vi.advanceTimersByTime(3000);
  expect(ask()).toBeUndefined();
  expect(shown(prop(), ask())).toEqual({ value: 26, state: 'fact' });
});

it('refused: the value is the device’s own again, and the reason stays to be read', async () => {
  const done = set(24);
  answers[0]?.resolve(result('refused', 'child lock is on'));
  await done;
  expect(shown(prop(), ask())).toEqual({ value: 26, state: 'failed' });
  expect(ask()).toMatchObject({ phase: 'refused', reason: 'child lock is on' });
  asks.dismiss('ac', 'target_temperature');
  expect(ask()).toBeUndefined();
});

it('a newer wish is the only one that is shown, whichever answer comes first', async () => {
  const [one, two] = [set(24), set(23)];
  answers[1]?.resolve(result('confirmed'));
  await two;
  answers[0]?.resolve(result('superseded', 'a newer one came'));
  await one;
  expect(ask()).toMatchObject({ phase: 'confirmed', value: 23 });
});

it('superseded by somebody else ends quietly', async () => {
  const done = set(24);
  answers[0]?.resolve(result('superseded'));
  await done;
  expect(ask()).toBeUndefined();
});

it('no answer from the hub is not called a failure of the device', async () => {
  const done = set(24);
  answers[0]?.reject(new ApiError(0, 'unreachable', ''));
  await done;
  expect(ask()?.phase).toBe('lost');
});

it('an answer that is still waiting is no confirmation', async () => {
  const done = set(24);
  answers[0]?.resolve(result('waiting'));
  await done;
  expect(ask()?.phase).toBe('timed_out');
});

it('a value outside the definition is refused with the hub’s sentence', async () => {
  const done = set(99);
  answers[0]?.reject(new ApiError(422, 'out_of_definition', '99 is above the highest, 30 Cel', 'target_temperature'));
  await done;
  expect(ask()).toMatchObject({ phase: 'refused', reason: '99 is above the highest, 30 Cel' });
});

it('a hub that no longer knows us is told to the app', async () => {
  asks.onSignedOut = vi.fn();
  const done = set(24);
  answers[0]?.reject(new ApiError(401, 'not_signed_in', ''));
  await done;
  expect(asks.onSignedOut).toHaveBeenCalledOnce();
});

it('confirmed while the stream is down: the answer itself is the device’s word', async () => {
  live = false;
  const done = set(24);
  answers[0]?.resolve(result('confirmed'));
  await done;
  expect(prop()).toMatchObject({ value: 24, observed_at: 1010 });
});

it('a wish whose answer was lost is forgotten when the device has spoken since', async () => {
  asks = new Asks(home, { set: send, act: send }, () => live, () => 1010);
  const done = set(24);
  answers[0]?.reject(new ApiError(0, 'unreachable', ''));
  await done;
  expect(ask()?.phase).toBe('lost');
  home.hear({ type: 'seen', now: 1012, observed: { 'ac/target_temperature': 1012 } }, 1012);
  expect(ask()).toBeUndefined();
  expect(asks.foremost('ac')).toBeUndefined();
});
