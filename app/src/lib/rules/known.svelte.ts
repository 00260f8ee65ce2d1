// What rules and scenes are called, for whoever tells of them by id: asked for when the first one is told of, and again when
// one comes that was not there. Owns no other part of them.

import { label } from '../i18n/index.svelte';
import type { Labels } from '../types';
import { rulesApi } from './api';

/** Milliseconds between two questions: a rule that left the home is not asked for again and again. */
const AGAIN_MS = 30_000;
const ID = /^[a-z0-9][a-z0-9-]*$/;

type Row = { readonly id: string; readonly names: Labels };
type Ask = () => Promise<readonly Row[]>;

export class Known {
  #rows = $state.raw<Readonly<Record<string, Labels>>>({});
  #asked = -Infinity;
  readonly #ask: Ask;
  readonly #now: () => number;

  constructor(ask: Ask, now: () => number = Date.now) {
    this.#ask = ask;
    this.#now = now;
  }

  /** The name in the reader's language; the id until it is known, and where nobody knows it. */
  name(id: string): string {
    const names = this.#rows[id];
    if (names) return label(names, id);
    if (ID.test(id) && this.#now() - this.#asked >= AGAIN_MS) {
      this.#asked = this.#now();
      void this.#ask().then((rows) => void (this.#rows = Object.fromEntries(rows.map((it) => [it.id, it.names]))), () => undefined);
    }
    return id;
  }
}

export const knownRules = new Known(() => rulesApi.rules());
export const knownScenes = new Known(() => rulesApi.scenes());
