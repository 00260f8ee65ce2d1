// Pushes to this browser. Owns the way from "not yet" to "on": the browser's permission, its subscription, the hub's list.

import { worker } from '../offline/worker.svelte';
import { ApiError } from '../api';
import { errorWords } from '../app.svelte';
import { noticesApi } from './api';
import type { PushKey } from './types';

/** `insecure`: this address is none at which a browser has pushes. `install`: an iPhone has them in an installed app only.
 *  `preparing`: the service worker, through which they go, is not there yet; it comes some seconds after the first screen. */
export type PushState = 'asking' | 'preparing' | 'insecure' | 'impossible' | 'install' | 'denied' | 'off' | 'on';

class Push {
  state = $state<PushState>('asking');
  /** Why pushes do not get through at the hub's side. */
  trouble = $state<PushKey['trouble']>('');
  browsers = $state.raw<PushKey['browsers']>([]);
  /** What did not work, in the browser's own words. */
  problem = $state('');
  mine = $state('');
  #key = '';

  /** Looks how things stand; asks the person nothing. */
  async look(): Promise<void> {
    const told = await noticesApi.pushKey();
    this.#key = told.key;
    this.trouble = told.trouble;
    this.browsers = told.browsers;
    this.state = await this.#find();
  }

  async #find(): Promise<PushState> {
    if (!isSecureContext) return 'insecure';
    if ('PushManager' in globalThis && !worker.registration && !worker.refused) return 'preparing';
    if (!('PushManager' in globalThis) || !worker.registration) {
      return /iPhone|iPad/.test(navigator.userAgent) ? 'install' : 'impossible';
    }
    if (Notification.permission === 'denied') return 'denied';
    const there = await worker.registration.pushManager.getSubscription();
    if (!there) return 'off';
    this.mine = await idOf(there.endpoint);
    return this.browsers.some((browser) => browser.id === this.mine) ? 'on' : 'off';
  }

  async on(): Promise<void> {
    const registration = worker.registration;
    if (!registration) return;
    this.problem = '';
    try {
      if ((await Notification.requestPermission()) !== 'granted') {
        this.state = Notification.permission === 'denied' ? 'denied' : 'off';
        return;
      }
      const old = await registration.pushManager.getSubscription();
      await old?.unsubscribe(); // it may be for another home's key
      const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.#key });
      await noticesApi.subscribe(made.toJSON());
      await this.look();
    } catch (error) {
      this.problem = error instanceof ApiError ? errorWords(error) : error instanceof Error ? error.message : String(error);
    }
  }

  async off(id: string): Promise<void> {
    if (id === this.mine) await (await worker.registration?.pushManager.getSubscription())?.unsubscribe();
    await noticesApi.unsubscribe(id);
    await this.look();
  }
}

/** The hub names a browser by the first 16 hex digits of its endpoint's SHA-256. */
async function idOf(endpoint: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint)));
  return [...digest.slice(0, 8)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

export const push = new Push();
