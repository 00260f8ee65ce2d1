// One step back from the last command. Owns the offer and its few seconds; going back is a command like any other, and it is
// said to have worked only when the device confirmed it.

import type { Ask, Asks } from '../asks.svelte';
import type { Value } from '../types';

export interface Offer {
  device: string;
  path: string;
  /** What it is now, by our command, and what it was before. */
  now: Value;
  was: Value;
  phase: 'offered' | 'asked' | 'done' | 'failed';
  /** How going back ended, where it did not work. */
  end: Ask | null;
}

/** Long enough to read a line and reach the button; the same as the phones' own. */
export const OFFER_MS = 8_000;
const DONE_MS = 3_000;

export class Undo {
  offer = $state<Offer | null>(null);
  readonly #asks: Pick<Asks, 'set'>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;
  #left = OFFER_MS;

  constructor(asks: Pick<Asks, 'set'>) {
    this.#asks = asks;
  }

  /** A wish ended. */
  heard(ask: Ask): void {
    const offer = this.offer;
    const same = offer !== null && offer.device === ask.device && offer.path === ask.target;
    if (offer && same && offer.phase === 'asked') {
      offer.phase = ask.phase === 'confirmed' ? 'done' : 'failed';
      offer.end = ask;
      this.#close(offer.phase === 'done' ? DONE_MS : OFFER_MS);
      return;
    }
    if (ask.phase !== 'confirmed' || ask.was === undefined || ask.was === null) return;
    // Several steps of one hand are one change: back is where they began.
    const was = offer && same && offer.phase === 'offered' ? offer.was : ask.was;
    this.offer = was === ask.value ? null : { device: ask.device, path: ask.target, now: ask.value, was, phase: 'offered', end: null };
    this.#close(OFFER_MS);
  }

  async back(): Promise<void> {
    const offer = this.offer;
    if (offer?.phase !== 'offered') return;
    clearTimeout(this.#timer);
    offer.phase = 'asked';
    await this.#asks.set(offer.device, offer.path, offer.was);
    if (this.offer === offer && offer.phase === 'asked') this.dismiss(); // somebody else asked after us: that shows by itself
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.offer = null;
  }

  /** Whoever reads it or is at its button has all the time they need. */
  hold(held: boolean): void {
    this.#held = held;
    if (held) clearTimeout(this.#timer);
    else if (this.offer && this.offer.phase !== 'asked') this.#close(this.#left);
  }

  #close(after: number): void {
    clearTimeout(this.#timer);
    this.#left = after;
    if (!this.#held) this.#timer = setTimeout(() => this.dismiss(), after);
  }
}
