// The shapes of /api/marks and /api/energy, as docs/architecture.md has them.

import type { Reason } from '../comfort/types';
import type { Value } from '../types';

export interface Mark {
  /** Epoch seconds. */
  at: number;
  kind: 'command' | 'rule';
  record: number;
  property?: string;
  action?: string;
  value?: Value;
  status?: 'confirmed' | 'refused' | 'failed' | 'timed_out' | 'superseded' | 'waiting';
  rule?: string;
  by: { kind: string; source: string };
  /** Of comfort: the room it is of, and why; the first reason is the one to show. */
  about?: string;
  reasons?: readonly Reason[];
}

export interface Marks {
  marks: readonly Mark[];
  /** False where there were more: the newest are told. */
  whole: boolean;
}

export type Step = 'hour' | 'day' | 'month';

export interface Stretch {
  kwh: number | null;
  /** The part of it (0 to 1) in which the device was heard. */
  covered: number;
  estimated: boolean;
  reset: boolean;
  /** In the answer's currency; null where no price is known. */
  cost: number | null;
}

export interface EnergyRow {
  device: string;
  property: string;
  source: 'counter' | 'power';
  stretches: readonly Stretch[];
}

export interface Energy {
  by: Step;
  /** Epoch seconds; one more than a row has stretches. */
  bounds: readonly number[];
  rows: readonly EnergyRow[];
  whole: boolean;
  /** By ISO 4217; empty where no tariff is chosen. */
  currency: string;
  /** The price rises with what was used. */
  tiers: boolean;
}
