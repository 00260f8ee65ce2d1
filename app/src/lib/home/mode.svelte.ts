// The home's mode (home, away, night, holiday) as the hub says it. A wish shows as one until the hub took it.

import { ApiError } from '../api';
import { homeApi, type Mode } from './api';

class HomeMode {
  now = $state<Mode | null>(null);
  asked = $state<Mode | null>(null);
  error = $state.raw<unknown>(null);

  /** Who does not see the whole home (a guest) asks for nothing: each refusal would stand in the diary. */
  async load(sees: boolean): Promise<void> {
    if (!sees) {
      this.now = null;
      return;
    }
    try {
      this.now = (await homeApi.mode()).mode;
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) return; // the hub is away: what it was is known
      this.now = null; // a home without rules has no mode, and no chip for it
    }
  }

  async set(mode: Mode): Promise<void> {
    this.asked = mode;
    this.error = null;
    try {
      this.now = (await homeApi.setMode(mode)).mode;
    } catch (error) {
      this.error = error;
    } finally {
      if (this.asked === mode) this.asked = null;
    }
  }
}

export const homeMode = new HomeMode();
