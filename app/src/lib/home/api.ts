// What the home's own pages ask of the hub, besides `api`: one's order, scenes, the mode, the diary, lists of keys.

import type { Says } from '../said.svelte';
import { ask } from '../api';
import type { CommandResult, JournalRecord, Labels } from '../types';

export interface Lists {
  favourites: string[];
  rooms: string[];
  devices: string[];
  scenes: string[];
}

export interface Scene {
  id: string;
  names: Labels;
  faults: readonly { message: string }[];
  may?: readonly string[];
}

export interface Played {
  scene: string;
  status: 'all_confirmed' | 'partly_confirmed' | 'not_confirmed';
  parts: readonly { target: string; status: CommandResult['status']; reason: string; says?: Says }[];
}

export const MODES = ['home', 'away', 'night', 'holiday'] as const;
export type Mode = (typeof MODES)[number];

export interface DiaryPage {
  records: JournalRecord[];
  cursor: number;
  /** The `before` to go on with; 1 where there is nothing earlier. */
  reached: number;
}

/** A scene waits for its slowest device, and the hub's own deadline for that is shorter. */
const PLAY_MS = 60_000;
const part = encodeURIComponent;

export const homeApi = {
  lists: () => ask<Lists>('GET', '/api/preferences'),
  setLists: (wish: Partial<Lists>) => ask<Lists>('PUT', '/api/preferences', wish),
  scenes: () => ask<{ scenes: Scene[] }>('GET', '/api/scenes'),
  play: (id: string) => ask<Played>('POST', `/api/scenes/${part(id)}`, {}, PLAY_MS),
  mode: () => ask<{ mode: Mode }>('GET', '/api/mode'),
  setMode: (mode: Mode) => ask<{ mode: Mode }>('PUT', '/api/mode', { mode }),
  diary: (before: number, limit: number, kinds: readonly string[], device = '') =>
    ask<DiaryPage>('GET', `/api/journal?before=${before}&limit=${limit}&kinds=${kinds.join(',')}${device ? `&device=${part(device)}` : ''}`),
  health: () => ask<{ version: string; uptime?: number }>('GET', '/api/health'),
  keepKeys: (text: string) => ask<{ kept: number; left_out?: string[]; left_out_says?: unknown[] }>('POST', '/api/keys', { text }),
};
