// How far a programme is, from the many words that makers have for it; and when it ends. Pure.

import type { Property } from '../types';

export type Stage = 'running' | 'paused' | 'waiting' | 'done' | 'fault' | 'idle';

/** The first that fits a status: `preheat_pause` is paused, `cooked` is done. Words of Matter, MIoT-Spec instances and Midea's sheets. */
const STAGES: readonly (readonly [RegExp, Stage])[] = [
  [/pause/, 'paused'],
  [/err|fault|trouble/, 'fault'],
  [/not_?charging|charging_completed|^charged/, 'idle'],
  [/finish|complete|cooked|^done|^end/, 'done'],
  [/delay|appoint|reserv|schedul/, 'waiting'],
  [/idle|stand_?by|^off$|shut|stop|sleep|ready|none|^charging|go_charging|closed|in_dock|docked/, 'idle'],
  [/run|busy|work|cook|heat|wash|dry|rinse|spin|warm|keep|sweep|mop|clean|build|opening|closing|^on$|up|down|boil|steam/, 'running'],
];

export function stageOf(status: string): Stage {
  const word = status.toLowerCase();
  return STAGES.find(([pattern]) => pattern.test(word))?.[1] ?? 'idle';
}

const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, min: 1, h: 60 };

/** Minutes still to go, by the clock's `now`: what the device said, less the time since. Null where it does not say. */
export function minutesLeft(left: Property | null, now: number): number | null {
  const end = endOf(left);
  return end === null ? null : Math.max(0, Math.ceil((end - now) / 60 - 1e-6));
}

/** When it ends, in epoch seconds. */
export function endOf(left: Property | null): number | null {
  if (!left || typeof left.value !== 'number' || left.value <= 0 || left.observed_at === null || left.quality === 'unknown') return null;
  return left.observed_at + left.value * (MINUTES[left.unit] ?? 1) * 60;
}
