// The questions about rules, scenes, the mode, replay and why. Owns the requests; keeps no state.

import { ask } from '../api';
import type { Edit, Finding, Formed, Mode, Played, Replay, Rule, RuleForm, RuleRow, RuleWords, SceneForm, SceneRow, Tried, Why } from './types';

const part = encodeURIComponent;
/** A replay of a month holds a thread of the hub for seconds. */
const LONG_MS = 120_000;

export const rulesApi = {
  rules: async () => (await ask<{ rules: RuleRow[] }>('GET', '/api/rules')).rules,
  rule: (id: string) => ask<Rule>('GET', `/api/rules/${part(id)}`),
  save: (id: string, text: string) => ask<Rule>('PUT', `/api/rules/${part(id)}`, { text }),
  enable: (id: string, enabled: boolean) => ask<Rule>('POST', `/api/rules/${part(id)}/enable`, { enabled }),
  remove: (id: string) => ask<void>('DELETE', `/api/rules/${part(id)}`),
  words: () => ask<RuleWords>('GET', '/api/rule-words'),
  form: (id: string, text: string, edits: readonly Edit[]) =>
    ask<Formed<RuleForm>>('POST', '/api/rules/form', { id, text, edits, kind: 'rule' }),
  sceneForm: (id: string, text: string, edits: readonly Edit[]) =>
    ask<Formed<SceneForm>>('POST', '/api/rules/form', { id, text, edits, kind: 'scene' }),
  tests: async (id: string, text: string) => (await ask<{ tests: Tried[] }>('POST', '/api/rules/tests', { id, text })).tests,
  check: async (id: string, text: string) =>
    (await ask<{ findings: Finding[] }>('POST', '/api/rules/check', { id, text }, LONG_MS)).findings,
  replay: (id: string, text: string, from: number, to: number) =>
    ask<Replay>('POST', `/api/rules/${part(id)}/replay`, { text, from, to }, LONG_MS),
  why: (device: string, property: string, at: number) =>
    ask<Why>('GET', `/api/why?device=${part(device)}&property=${part(property)}&at=${at.toFixed(3)}`),
  whyRule: (id: string, at: number) => ask<Why>('GET', `/api/rules/${part(id)}/why?at=${at.toFixed(3)}`),

  scenes: async () => (await ask<{ scenes: SceneRow[] }>('GET', '/api/scenes')).scenes,
  saveScene: (id: string, text: string) => ask<SceneRow>('PUT', `/api/scenes/${part(id)}`, { text }),
  removeScene: (id: string) => ask<void>('DELETE', `/api/scenes/${part(id)}`),
  play: (id: string) => ask<Played>('POST', `/api/scenes/${part(id)}`, {}, 60_000),
  mode: async () => (await ask<{ mode: Mode }>('GET', '/api/mode')).mode,
  setMode: async (mode: Mode) => (await ask<{ mode: Mode }>('PUT', '/api/mode', { mode })).mode,
};
