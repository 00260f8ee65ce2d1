// The shapes of rules, scenes, replay and why as the hub has them. Owns no behaviour.

import type { Reason } from '../comfort/types';
import type { Says } from '../said.svelte';
import type { Labels } from '../types';

export interface Fault {
  file: string;
  line: number;
  column: number;
  message: string;
  says?: Says;
}

export type Mode = 'home' | 'away' | 'night' | 'holiday';
export const MODES: readonly Mode[] = ['home', 'away', 'night', 'holiday'];

export interface RuleRow {
  id: string;
  names: Labels;
  enabled: boolean;
  faults: readonly Fault[];
  /** Until when it is left alone, because it was triggered too often; epoch seconds. */
  paused: number | null;
  ran?: number | null;
  /** What whoever is signed in may do with it; absent means everything. */
  may?: readonly string[];
}

export interface FailedTest {
  name: string;
  line: number;
  why: string;
  says?: Says;
}

export interface Rule extends RuleRow {
  text: string;
  form?: RuleForm | null;
  failed_tests?: readonly FailedTest[];
}

export interface Tried extends FailedTest {
  passed: boolean;
}

export interface SceneRow {
  id: string;
  names: Labels;
  text: string;
  faults: readonly Fault[];
  form?: SceneForm | null;
  may?: readonly string[];
}

export type Path = readonly (string | number)[];
export type Scalar = string | number | boolean | null;
export type Field = Scalar | readonly Scalar[] | Readonly<Record<string, Scalar>>;

export interface Edit {
  op: 'set' | 'insert' | 'remove' | 'move';
  path: Path;
  value?: unknown;
}

export interface FormValue {
  text: string;
  kind: 'number' | 'word' | 'text' | 'time' | 'reference';
  number: number | null;
  unit: string;
}

/** `left` is empty where it is no plain comparison: then only `text` can be shown. */
export interface Term {
  text: string;
  left: string;
  op: string;
  value: FormValue | null;
  high: FormValue | null;
  among: readonly FormValue[];
}

export interface Condition {
  text: string;
  join: '' | 'and' | 'or';
  terms: readonly Term[];
}

export interface CardList {
  path: Path;
  single: boolean;
  cards: readonly Card[];
}

export interface Branch {
  path: Path;
  line: number;
  if: Condition | null;
  then: CardList;
}

export interface Card {
  path: Path;
  line: number;
  kind: string;
  known: boolean;
  text: string;
  fields: Readonly<Record<string, Field>>;
  conditions: Readonly<Record<string, Condition | null>>;
  lists: Readonly<Record<string, CardList>>;
  branches: readonly Branch[];
}

interface Unknown {
  key: string;
  text: string;
}

export interface RuleForm {
  names: string | Labels;
  about: string | Labels;
  enabled: boolean;
  mode: string;
  at_most: number | null;
  stale: boolean;
  when: CardList;
  if: Condition | null;
  then: CardList;
  tests: readonly { name: string | Labels; line: number }[];
  unknown: readonly Unknown[];
}

export interface SceneForm {
  names: string | Labels;
  settings: readonly { path: Path; ref: string; value: Field; text: string }[];
  do: readonly { path: Path; text: string }[];
  mode: string | null;
  unknown: readonly Unknown[];
}

export interface Formed<Form> {
  text: string;
  form: Form | null;
  faults: readonly Fault[];
}

export interface RuleWords {
  events: readonly { device: string; event: string; labels: Labels }[];
  sun: boolean;
}

export type Effect = 'happened' | 'simulated' | 'not modelled';

export interface Replay {
  from: number;
  to: number;
  faults: Readonly<Record<string, string>>;
  runs: readonly { at: number; rule: string; run: string; trigger: string; really: string }[];
  orders: readonly { at: number; rule: string; run: string; text: string; line: number; effect: Effect }[];
  instead: readonly { at: number; rule: string; run: string; text: string }[];
  reasons: Readonly<Record<string, Readonly<Record<string, number>>>>;
  not_modelled: Readonly<Record<string, number>>;
  modelled: Readonly<Record<string, number>>;
  happenings: number;
  complete: boolean;
  /** Which of the hub's sentences a text of `faults` or `reasons` is. */
  says?: Readonly<Record<string, Says>>;
}

export interface Finding {
  flaw: 'fault' | 'test' | 'loop' | 'contradiction' | 'oscillation' | 'unreachable' | 'silent_input' | 'too_often' | 'no_way_back';
  rule: string;
  line: number;
  message: string;
  says?: Says;
  confirmed: boolean;
}

export interface WhyLink {
  at: number;
  by: string;
  source: string;
  text: string;
  record: number;
  /** Of comfort: the room or person that it is of, and its reasons, the one to show first. */
  about?: string;
  reasons?: readonly Reason[];
}

export interface Why {
  at: number;
  text: string;
  says?: Says;
  chain: readonly WhyLink[];
  saw: Readonly<Record<string, readonly [value: Scalar, quality: string]>>;
  parts: readonly { line?: number; trigger?: string; if?: string; result?: boolean | null; failed?: string; why?: string; saw?: Why['saw'] }[];
}

export interface Played {
  scene: string;
  status: 'all_confirmed' | 'partly_confirmed' | 'not_confirmed';
  parts: readonly { target: string; value?: Scalar; status: string; reason: string; says?: Says }[];
}
