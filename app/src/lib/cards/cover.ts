// How a curtain, blind or airer is opened, closed and stopped: by its own words where it takes them, else by its position. Pure.

import { controlFor } from '../traits';
import type { Property, Value } from '../types';
import type { Hero } from './hero';

export type Move = 'open' | 'stop' | 'close';

export interface Wish {
  property: Property;
  value: Value;
}

/** The words makers have for the three movements, the likeliest first. An airer opens downwards. */
const WORDS: Readonly<Record<Move, readonly string[]>> = {
  open: ['open', 'opening', 'up', 'down'],
  stop: ['pause', 'stop', 'stopped'],
  close: ['close', 'closing', 'closed', 'down', 'up'],
};

export function wishFor(cover: Extract<Hero, { kind: 'cover' }>, move: Move): Wish | null {
  const { control, target } = cover;
  const takes = control && controlFor(control) === 'choice' ? control : null;
  const paired = takes?.choices.includes('up') && !takes.choices.includes('open');
  const word = paired && move === 'close' ? 'down' : WORDS[move].find((it) => takes?.choices.includes(it));
  if (takes && word) return { property: takes, value: word };
  if (!target || controlFor(target) === 'reading') return null;
  if (move === 'open') return { property: target, value: target.high ?? 100 };
  return move === 'close' ? { property: target, value: target.low ?? 0 } : null;
}

/** Whether it moves up and down rather than open and shut. */
export const isVertical = (cover: Extract<Hero, { kind: 'cover' }>): boolean =>
  (cover.control?.choices.includes('up') ?? false) && !cover.control?.choices.includes('open');
