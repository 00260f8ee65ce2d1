// What people here asked of devices, and how it ended. Owns the way of a wish: asked, then confirmed or why not.
// Never says that something is done before the device itself said so.

import { ApiError, type Api } from './api';
import type { Home } from './home.svelte';
import { saysOf, type Says } from './said.svelte';
import type { CommandResult, Status, Value } from './types';

export type Phase = 'asked' | 'confirmed' | 'refused' | 'failed' | 'timed_out' | 'lost';

export interface Ask {
  device: string;
  /** The property's path, or `!` and the action's path. */
  target: string;
  value: Value;
  /** What it was before, where the device itself had said so and could be asked for it again. */
  was?: Value;
  phase: Phase;
  /** The hub's own sentence; empty when confirmed. */
  reason: string;
  /** Which of the hub's sentences that is, where it is one. */
  says?: Says | undefined;
  /** Code of the hub's error where it did not take the command at all. */
  code: string;
  /** When it ended, in epoch seconds by the hub's clock; 0 while it is under way. */
  at: number;
}

/** How long a tick stays: long enough to be seen, and the device's own report is in the stream by then. */
const CONFIRMED_MS = 2_200;
/** How long a reason stays if nobody closes it. */
export const REASON_MS = 20_000;

export class Asks {
  readonly #home: Home;
  readonly #api: Pick<Api, 'set' | 'act'>;
  readonly #live: () => boolean;
  readonly #now: () => number;
  #asks = $state<Record<string, Ask>>({});
  #turn = 0;
  #turns: Record<string, number> = {};
  #timers: Record<string, ReturnType<typeof setTimeout>> = {};
  /** Called once for each ask that ended, for those who listen to the page. */
  onEnded: (ask: Ask) => void = () => undefined;
  /** Called when the hub no longer knows who we are. */
  onSignedOut: () => void = () => undefined;

  constructor(home: Home, api: Pick<Api, 'set' | 'act'>, live: () => boolean, now: () => number = () => Date.now() / 1000) {
    this.#now = now;
    this.#home = home;
    this.#api = api;
    this.#live = live;
  }

  get(device: string, target: string): Ask | undefined {
    const ask = this.#asks[`${device}/${target}`];
    return ask && this.#answered(ask) ? undefined : ask;
  }

  /** The ask of this device that most needs to be read: a reason before a wait before a tick. */
  foremost(device: string): Ask | undefined {
    const mine = Object.values(this.#asks).filter((ask) => ask.device === device && !this.#answered(ask));
    return mine.find((ask) => !['asked', 'confirmed'].includes(ask.phase)) ?? mine.find((ask) => ask.phase === 'asked') ?? mine[0];
  }

  /** Nobody told how it ended, but the device has said since how things are: that is the answer. */
  #answered(ask: Ask): boolean {
    if (ask.phase !== 'lost' || !this.#live()) return false;
    return (this.#home.property(ask.device, ask.target)?.observed_at ?? 0) > ask.at;
  }

  set(device: string, path: string, value: Value): Promise<void> {
    return this.#ask(device, path, value, () => this.#api.set(device, path, value));
  }

  act(device: string, action: string, args: Value[]): Promise<void> {
    return this.#ask(device, `!${action}`, null, () => this.#api.act(device, action, args));
  }

  dismiss(device: string, target: string): void {
    this.#forget(`${device}/${target}`);
  }

  clear(): void {
    for (const key of Object.keys(this.#asks)) this.#forget(key);
    this.#turns = {};
  }

  async #ask(device: string, target: string, value: Value, send: () => Promise<CommandResult>): Promise<void> {
    const key = `${device}/${target}`;
    const turn = ++this.#turn;
    this.#turns[key] = turn;
    clearTimeout(this.#timers[key]);
    this.#asks[key] = { device, target, value, ...this.#former(device, target), phase: 'asked', reason: '', code: '', at: 0 };
    const end = await outcome(send);
    if (end.code === 'signed_out') this.onSignedOut();
    if (this.#turns[key] !== turn) return; // a newer wish for the same thing is on its way: only that one is shown
    if (end.phase === 'superseded') {
      this.#forget(key); // somebody else asked after us: their wish shows by itself
      return;
    }
    const ask = this.#asks[key];
    if (!ask) return;
    if (end.phase === 'confirmed' && !target.startsWith('!') && !this.#live()) {
      this.#home.confirm(device, target, value, end.at);
    }
    ask.phase = end.phase;
    ask.reason = end.reason;
    ask.says = end.says;
    ask.code = end.code;
    ask.at = this.#now();
    this.onEnded({ ...ask });
    this.#timers[key] = setTimeout(() => this.#forget(key), end.phase === 'confirmed' ? CONFIRMED_MS : REASON_MS);
  }

  /** A movement is no state: there is no way back from `open` to `stop`. */
  #former(device: string, target: string): { was?: Value } {
    const property = this.#home.property(device, target);
    if (!property || !property.readable || property.name === 'cover_control') return {};
    return property.quality === 'good' || property.quality === 'assumed' ? { was: property.value } : {};
  }

  #forget(key: string): void {
    clearTimeout(this.#timers[key]);
    delete this.#timers[key];
    delete this.#asks[key];
  }
}

interface End {
  phase: Exclude<Phase, 'asked'> | 'superseded';
  reason: string;
  says?: Says | undefined;
  code: string;
  at: number;
}

async function outcome(send: () => Promise<CommandResult>): Promise<End> {
  try {
    const result = await send();
    const phase: Status = result.status === 'waiting' ? 'timed_out' : result.status;
    return { phase, reason: result.reason ?? '', says: saysOf(result.says), code: '', at: result.at };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return { phase: 'refused', reason: error.message, code: 'signed_out', at: 0 };
    const phase = error.code === 'offline' ? 'refused' : error.status === 0 ? 'lost' : error.status >= 500 ? 'failed' : 'refused';
    return { phase, reason: error.message, says: saysOf(error.says), code: error.code, at: 0 };
  }
}
