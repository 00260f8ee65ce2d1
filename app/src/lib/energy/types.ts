// The shapes of /api/comfort/tariffs and /api/comfort/shifts, as docs/architecture.md has them. Times in epoch seconds.

import type { Reason } from '../comfort/types';
import type { Labels, Value } from '../types';

export type DayKind = 'workday' | 'weekend';
export interface Window {
  from: string;
  to: string;
  /** Of a kWh; one for each tier. */
  prices: readonly number[];
  days: readonly DayKind[];
  months: readonly number[];
}
export interface Piece {
  since: string;
  tiers?: { per: 'month' | 'year'; limits: readonly number[] };
  windows: readonly Window[];
}
export interface Tariff {
  id: string;
  own: boolean;
  names: Labels;
  currency: string;
  pieces: readonly Piece[];
  source: string;
  checked: string;
}
export interface Price {
  from: number;
  to: number;
  price: number | null;
}
export interface Tariffs {
  tariffs: readonly Tariff[];
  chosen: string;
  currency: string;
  /** Ahead, each until the next begins. */
  prices: readonly Price[];
  trouble: string;
}

export interface Shift {
  id: string;
  device: string;
  path: string;
  action: boolean;
  arguments: readonly Value[];
  by_name: string;
  made_at: number;
  by: number;
  start: number;
  end: number;
  minutes: number;
  kwh: number;
  source: 'told' | 'learned' | 'usual';
  cost: number | null;
  cost_now: number | null;
  currency: string;
  life: 'waiting' | 'started' | 'missed' | 'over';
  why: Reason | null;
  operable: boolean;
}
/** What of a device can wait. */
export interface CanWait {
  device: string;
  path: string;
  action: boolean;
  programmes: readonly string[];
}
export interface Shifts {
  now: number;
  tariff: string;
  planned: readonly Shift[];
  can: readonly CanWait[];
  trouble: string;
}
export interface Wish {
  device: string;
  by: number;
  arguments?: readonly Value[];
  minutes?: number;
}
