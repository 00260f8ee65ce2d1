// The home's scenes as buttons: what there are, and how the last play of each ended. Never says more than the devices confirmed.

import { ApiError } from '../api';
import { homeApi, type Played, type Scene } from './api';

export type Play = { phase: 'asked' } | { phase: 'ended'; played: Played } | { phase: 'failed'; error: unknown };

/** How long the end of a play stays where all is well; what is not well stays until it is read. */
const SHOWN_MS = 4_000;

class Scenes {
  rows = $state<Scene[]>([]);
  plays = $state<Record<string, Play>>({});
  #loaded = false;

  async load(again = false): Promise<void> {
    if (this.#loaded && !again) return;
    this.#loaded = true;
    try {
      this.rows = (await homeApi.scenes()).scenes.filter((scene) => scene.faults.length === 0);
    } catch (error) {
      this.#loaded = error instanceof ApiError && error.status === 404;
    }
  }

  /** Those that were kept here from the last time, until the hub can be asked. */
  adopt(rows: readonly Scene[]): void {
    this.rows = [...rows];
    this.#loaded = false;
  }

  async play(id: string): Promise<void> {
    if (this.plays[id]?.phase === 'asked') return;
    this.plays[id] = { phase: 'asked' };
    try {
      const played = await homeApi.play(id);
      this.plays[id] = { phase: 'ended', played };
      if (played.status === 'all_confirmed') setTimeout(() => this.dismiss(id), SHOWN_MS);
    } catch (error) {
      this.plays[id] = { phase: 'failed', error };
    }
  }

  dismiss(id: string): void {
    delete this.plays[id];
  }
}

export const scenes = new Scenes();
