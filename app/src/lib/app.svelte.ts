// The app as a whole: session, home, stream and wishes put together. The only file that knows all of them.

import { api, ApiError } from './api';
import { Asks, type Ask } from './asks.svelte';
import { clock } from './clock.svelte';
import { Home } from './home.svelte';
import { label, sentence, t } from './i18n/index.svelte';
import { actionLabel, propertyLabel } from './labels';
import { prefs } from './prefs.svelte';
import { reasonWords } from './reasons';
import { Stream, type Line } from './stream';
import type { Session } from './types';
import { write } from './units';

/** The session as the page sees it. */
export type Door = 'opening' | 'unreachable' | 'signed_out' | 'no_owner' | 'open';

/** Several changes in a row (a rename and a move) are read once. */
const REREAD_MS = 150;

class App {
  door = $state<Door>('opening');
  session = $state<Session | null>(null);
  line = $state<Line>('opening');
  /** Sentence for screen readers: how the last wish ended. */
  spoken = $state('');
  readonly home = new Home();
  readonly asks = new Asks(this.home, api, () => this.line === 'live', () => Date.now() / 1000 + this.home.skew);
  /** The hub's clock, ticking. */
  readonly now: number = $derived(clock.now + this.home.skew);

  #stream = new Stream({
    connect: (path) => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`),
    cursor: () => this.home.cursor,
    heard: (message) => this.home.hear(message, Date.now() / 1000),
    changed: (line) => (this.line = line),
    refused: () => this.#sessionEnded(),
  });
  #reread: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.home.onChanged = () => {
      clearTimeout(this.#reread);
      this.#reread = setTimeout(() => void this.#readHome(), REREAD_MS);
    };
    this.asks.onEnded = (ask) => (this.spoken = this.#sentence(ask));
    this.asks.onSignedOut = () => void this.open();
    if (typeof window === 'undefined') return;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#stream.cut());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#wake();
    });
  }

  /** Asks who we are and shows the right door. */
  async open(): Promise<void> {
    try {
      this.session = await api.session();
    } catch {
      this.door = 'unreachable';
      return;
    }
    if (!this.session.signed_in) {
      this.#shut(this.session.owner_exists ? 'signed_out' : 'no_owner');
      return;
    }
    if (await this.#readHome()) {
      this.door = 'open';
      this.#stream.start();
    }
  }

  async signOut(): Promise<void> {
    try {
      await api.signOut();
    } catch (error) {
      this.spoken = errorWords(error);
      return;
    }
    await this.open();
  }

  #wake(): void {
    if (this.door === 'unreachable') void this.open();
    else this.#stream.wake();
  }

  #shut(door: Door): void {
    this.#stream.stop();
    this.home.clear();
    this.asks.clear();
    this.door = door;
  }

  async #readHome(): Promise<boolean> {
    try {
      this.home.adopt(await api.home(), Date.now() / 1000);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#shut('signed_out');
      else if (!this.home.loaded) this.door = 'unreachable';
      return false;
    }
  }

  async #sessionEnded(): Promise<boolean> {
    try {
      const session = await api.session();
      if (session.signed_in) return false;
      this.session = session;
      this.#shut(session.owner_exists ? 'signed_out' : 'no_owner');
      return true;
    } catch {
      return false; // the hub is away: that is no answer
    }
  }

  #sentence(ask: Ask): string {
    const property = this.home.property(ask.device, ask.target);
    if (ask.phase === 'confirmed') {
      if (!property) return t('ask.confirmed');
      return t('ask.confirmed.value', { property: label(property.labels, property.name), value: write(property, ask.value, prefs.lang).whole });
    }
    return askWords(ask);
  }
}

/** What was asked for, in words: `Turn off`, `Mode: Dry`, an action's own name. */
function wishOf(ask: Ask): string {
  const device = app.home.devices[ask.device];
  if (ask.target.startsWith('!')) {
    const action = device?.actions.find((it) => `!${it.path}` === ask.target);
    return action ? actionLabel(action) : '';
  }
  const property = device?.properties[ask.target];
  if (!property) return '';
  if (ask.target === 'power') return t(ask.value ? 'ask.on' : 'ask.off');
  return t('diary.device.set', { property: propertyLabel(property), value: write(property, ask.value, prefs.lang).whole });
}

/** How a wish ended, in words: what was asked, then why it did not come true. */
export function askWords(ask: Ask): string {
  if (ask.code === 'signed_out') return t('error.signedout');
  const end = ask.phase === 'lost' || !ask.reason ? t(`ask.${ask.phase}`) : reasonWords(ask.reason);
  const wish = wishOf(ask);
  return wish ? t('ask.why', { sentence: wish, reason: end }) : end;
}

export function errorWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.unknown', { status: String(error) });
  if (error.status === 0) return t('error.unreachable');
  if (error.code === 'sign_in') return t('error.signedout');
  if (error.code === 'busy') return t('error.busy');
  if (error.status === 429) return error.wait > 0 ? t('error.toomany', { count: error.wait }) : sentence(error.message);
  if (error.message) return sentence(error.message);
  return error.status === 403 ? t('error.forbidden') : t('error.unknown', { status: error.status });
}

export const app = new App();
