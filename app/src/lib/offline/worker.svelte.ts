// The service worker as the page sees it. Owns its registration, and the moment at which a new version takes over:
// never under somebody's hands, always at their word.

import { router } from '../route.svelte';

/** Between two looks for a new version, besides those that a browser makes by itself at each opening. */
const LOOK_MS = 60 * 60 * 1000;
/** Browsers have service workers at secure addresses only; while the app is being developed there is none. */
const POSSIBLE = typeof navigator !== 'undefined' && 'serviceWorker' in navigator && isSecureContext && !import.meta.env.DEV;

class Worker {
  /** A new version of the app is there. */
  waiting = $state(false);
  /** The registration, once there is one: pushes go through it. */
  registration = $state.raw<ServiceWorkerRegistration | null>(null);
  /** It will not come: this address or the browser's settings do not let it. */
  refused = $state(!POSSIBLE);
  /** Called when the worker says that something was pushed. */
  onNotice: () => void = () => undefined;
  #asked = false;
  #looked = 0;

  /** When the page has done what it was opened for: fetching the whole shell must not make the first look slower. */
  start(): void {
    if (!POSSIBLE || this.registration) return;
    const { serviceWorker } = navigator;
    const first = serviceWorker.controller === null;
    serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#told(data));
    serviceWorker.addEventListener('controllerchange', () => {
      if (this.#asked) location.reload();
      else if (!first) this.waiting = true; // another window of this app took the new version
    });
    void serviceWorker.register('/sw.js', { updateViaCache: 'none' }).then(
      (registration) => this.#follow(registration),
      () => (this.refused = true), // forbidden by the browser's settings: the app works without
    );
  }

  /** Asks the hub for a new version; at most once in a minute. */
  look(): void {
    if (!this.registration || Date.now() - this.#looked < 60_000) return;
    this.#looked = Date.now();
    this.registration.update().catch(() => undefined);
  }

  /** The new version, now. */
  update(): void {
    this.#asked = true;
    const waiting = this.registration?.waiting;
    if (waiting) waiting.postMessage('update');
    else location.reload();
  }

  #follow(registration: ServiceWorkerRegistration): void {
    this.registration = registration;
    this.#looked = Date.now();
    const there = (): void => {
      if (registration.waiting && navigator.serviceWorker.controller) this.waiting = true;
    };
    there();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', there);
    });
    setInterval(() => this.look(), LOOK_MS);
  }

  #told(data: unknown): void {
    if (data === 'notice') this.onNotice();
    const path = (data as { open?: unknown } | null)?.open;
    if (typeof path === 'string') router.go(path);
  }
}

export const worker = new Worker();
