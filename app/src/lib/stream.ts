// The live line to the hub. Owns connecting, waiting and coming back by cursor; knows nothing of homes or pages.

import type { StreamMessage } from './types';

/** `opening` is the first try only. */
export type Line = 'opening' | 'live' | 'reconnecting' | 'offline';

/** The longest pause between two tries: a home's hub comes back within seconds, and a phone's battery counts. */
const LONGEST_MS = 30_000;
/** A connection that is not made by then will not be. */
const OPENING_MS = 6_000;
/** The hub says something every five seconds; silent for this long means that it, or the way to it, is gone without a word. */
const SILENCE_MS = 12_000;
const LOOK_MS = 1_000;
/** Silence after which waking up (screen on, network back) does not trust the old connection. */
const DOUBT_MS = 6_000;
/** After so many tries in a row the page says offline instead of reconnecting. */
const TRIES_BEFORE_OFFLINE = 4;

/** Milliseconds to wait before try number `attempt` (0 is the first again); `random` in 0..1 spreads many phones. */
export function backoff(attempt: number, random: number): number {
  const whole = Math.min(LONGEST_MS, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (0.5 + random / 2));
}

export interface StreamParts {
  connect: (url: string) => WebSocket;
  cursor: () => number;
  heard: (message: StreamMessage) => void;
  changed: (line: Line) => void;
  /** Called when a connection could not be made: true stops trying (the session has ended). */
  refused: () => Promise<boolean>;
  random?: () => number;
}

export class Stream {
  readonly #parts: StreamParts;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #lastHeard = 0;
  #opened = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #running = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** `away`: the hub was not there a moment ago, and the page says so from the start. */
  start(away = false): void {
    if (this.#running) return;
    this.#running = true;
    if (away) {
      this.#attempt = TRIES_BEFORE_OFFLINE;
      this.#parts.changed('offline');
    }
    this.#watch = setInterval(() => this.#doubt(SILENCE_MS), LOOK_MS);
    this.#open();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    this.#drop();
  }

  /** The phone itself says that it has no network: nothing is live from this moment. */
  cut(): void {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    this.#drop();
    this.#parts.changed('offline');
    this.#timer = setTimeout(() => this.#open(), LONGEST_MS);
  }

  /** The screen is back, or the network: do not wait for the timer. */
  wake(): void {
    if (!this.#running) return;
    if (this.#socket) this.#doubt(DOUBT_MS);
    else {
      this.#attempt = 0;
      this.#open();
    }
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#drop();
    const cursor = this.#parts.cursor();
    const socket = this.#parts.connect(`/api/stream${cursor > 0 ? `?after=${cursor}` : ''}`);
    this.#socket = socket;
    this.#lastHeard = Date.now();
    this.#opened = false;
    socket.onopen = () => {
      this.#opened = true;
      this.#attempt = 0;
      this.#lastHeard = Date.now();
      this.#parts.changed('live');
    };
    socket.onmessage = (event: MessageEvent) => {
      this.#lastHeard = Date.now();
      const message = parse(event.data);
      if (message) this.#parts.heard(message);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      void this.#lost(this.#opened);
    };
  }

  async #lost(opened: boolean): Promise<void> {
    this.#parts.changed(this.#attempt >= TRIES_BEFORE_OFFLINE ? 'offline' : 'reconnecting');
    // A browser does not say why a WebSocket was refused; only the session can tell a login that ended from a hub that is away.
    if (!opened && (await this.#parts.refused())) {
      this.stop();
      return;
    }
    if (!this.#running || this.#socket) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), backoff(this.#attempt, (this.#parts.random ?? Math.random)()));
    this.#attempt += 1;
  }

  #doubt(limit: number): void {
    if (!this.#socket || Date.now() - this.#lastHeard < (this.#opened ? limit : OPENING_MS)) return;
    this.#drop();
    if (this.#opened) {
      this.#parts.changed('reconnecting');
      this.#open();
    } else void this.#lost(false);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function parse(data: unknown): StreamMessage | null {
  try {
    const message = JSON.parse(String(data)) as { type?: unknown } | null;
    return message && typeof message.type === 'string' ? (message as StreamMessage) : null;
  } catch {
    return null; // not ours: the next frame is
  }
}
