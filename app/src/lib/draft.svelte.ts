// A number while a hand is on it. Owns the moment at which a movement becomes a wish: on release, or when stepping rests.

import { reach } from './offline/reach';

/** Stepping by buttons or keys is one wish when it rests for this long. */
const REST_MS = 300;

export class Draft {
  /** What the hand points at; null while nobody touches it. */
  value = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #send: (value: number) => void;

  constructor(send: (value: number) => void) {
    this.#send = send;
  }

  /** The hand is moving: nothing is sent. */
  drag(value: number): void {
    clearTimeout(this.#timer);
    this.value = value;
  }

  /** One of several small steps. Without the hub it is refused at once: it must not rest until the hub is back. */
  step(value: number): void {
    this.drag(value);
    if (reach.offline) return this.release();
    this.#timer = setTimeout(() => this.release(), REST_MS);
  }

  /** The hand let go. */
  release(): void {
    clearTimeout(this.#timer);
    const value = this.value;
    this.value = null;
    if (value !== null) this.#send(value);
  }
}
