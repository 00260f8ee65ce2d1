// The app as a whole: session, home, stream and wishes put together. The only file that knows all of them.

import { api, ApiError } from './api';
import { Asks, type Ask } from './asks.svelte';
import { clock } from './clock.svelte';
import { mine } from './home/mine.svelte';
import { homeMode } from './home/mode.svelte';
import { scenes } from './home/scenes.svelte';
import { Undo } from './home/undo.svelte';
import { Home } from './home.svelte';
import { label, sentence, t } from './i18n/index.svelte';
import { actionLabel, propertyLabel } from './labels';
import { reach } from './offline/reach';
import { snapshot, type Kept } from './offline/snapshot';
import { worker } from './offline/worker.svelte';
import { prefs } from './prefs.svelte';
import { reasonWords } from './reasons';
import { saidWords, saysOf } from './said.svelte';
import { Stream, type Line } from './stream';
import type { Session } from './types';
import { write } from './units';

/** The session as the page sees it. */
export type Door = 'opening' | 'unreachable' | 'signed_out' | 'no_owner' | 'open';

/** Several changes in a row (a rename and a move) are read once. */
const REREAD_MS = 150;
/** After this long without an answer the last home that is kept here is shown meanwhile. */
const KEPT_AFTER_MS = 1_500;
/** Between two times at which the home is kept on this phone: a write of some 100 kB costs a phone's flash little. */
const KEEP_MS = 15_000;

class App {
  door = $state<Door>('opening');
  session = $state<Session | null>(null);
  line = $state<Line>('opening');
  /** Sentence for screen readers: how the last wish ended. */
  spoken = $state('');
  readonly home = new Home();
  readonly asks = new Asks(this.home, api, () => this.line === 'live', () => Date.now() / 1000 + this.home.skew);
  readonly undo = new Undo(this.asks);
  /** The hub's clock, ticking. */
  readonly now: number = $derived(clock.now + this.home.skew);

  #stream = new Stream({
    connect: (path) => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`),
    cursor: () => this.home.cursor,
    heard: (message) => this.home.hear(message, Date.now() / 1000),
    changed: (line) => this.#lineChanged(line),
    refused: () => this.#sessionEnded(),
  });
  #reread: ReturnType<typeof setTimeout> | undefined;
  /** What is shown was kept here, and the hub has not been heard yet. */
  #fromKept = false;
  #kept = 0;

  constructor() {
    this.home.onChanged = () => {
      clearTimeout(this.#reread);
      this.#reread = setTimeout(() => void this.#readHome(), REREAD_MS);
    };
    this.asks.onEnded = (ask) => {
      this.spoken = this.#sentence(ask);
      this.undo.heard(ask);
    };
    this.asks.onSignedOut = () => void this.open();
    if (typeof window === 'undefined') return;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#stream.cut());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#keep(0);
      else this.#wake();
    });
    addEventListener('pagehide', () => this.#keep(0));
    setInterval(() => this.#keep(KEEP_MS), KEEP_MS);
  }

  /** Asks who we are and shows the right door. */
  async open(): Promise<void> {
    const slow = setTimeout(() => void this.#showKept(), KEPT_AFTER_MS);
    try {
      this.session = await api.session();
    } catch {
      if (!(await this.#showKept())) this.door = 'unreachable';
      return;
    } finally {
      clearTimeout(slow);
    }
    if (!this.session.signed_in) {
      this.#shut(this.session.owner_exists ? 'signed_out' : 'no_owner');
      return;
    }
    if (await this.#readHome()) {
      this.#fromKept = false;
      signedInHere(true);
      this.door = 'open';
      this.#stream.start();
      this.#stream.wake();
      this.#keep(0);
      // when the first look is over: the worker fetches every page of the app
      setTimeout(() => worker.start(), 3_000);
    }
  }

  /** The last home of the person who was signed in here, while the hub does not answer; the line comes back by its cursor. */
  async #showKept(): Promise<boolean> {
    if (this.door === 'open') return true;
    const kept = await snapshot.load(Date.now() / 1000);
    if (!kept || this.home.loaded) return this.home.loaded;
    this.session = kept.session;
    this.home.adopt(kept.home, kept.local);
    const person = kept.session.person?.id ?? '';
    if (kept.lists) mine.recall(person, kept.lists);
    scenes.adopt(kept.scenes ?? []);
    homeMode.now = kept.mode ?? null;
    this.#fromKept = true;
    this.door = 'open';
    this.#stream.start(true);
    return true;
  }

  #lineChanged(line: Line): void {
    this.line = line;
    reach.offline = line === 'offline' && this.door === 'open';
    document.documentElement.toggleAttribute('data-offline', reach.offline);
    if (line !== 'live') return;
    worker.look();
    if (this.#fromKept) void this.#reconcile();
  }

  /** The hub is back: who we are and what we may see is asked anew; what happened meanwhile comes by the line. */
  async #reconcile(): Promise<void> {
    this.#fromKept = false;
    if (await this.#sessionEnded()) return;
    await this.#readHome();
    void mine.load(this.session?.person?.id ?? '', true);
    void scenes.load(true);
    void homeMode.load(this.session?.person?.may?.see ?? true);
    setTimeout(() => worker.start(), 3_000);
  }

  /** Keeps the home on this phone if it was not kept for so long. */
  #keep(after: number): void {
    const local = Date.now() / 1000;
    if (this.door !== 'open' || this.#fromKept || !this.home.loaded || !this.session?.signed_in) return;
    if (local - this.#kept < after / 1000 || this.line === 'offline') return;
    this.#kept = local;
    const own = { lists: mine.told(this.session.person?.id ?? ''), scenes: scenes.rows, mode: homeMode.now };
    const kept: Kept = { session: this.session, home: this.home.json(local), local, ...own };
    void snapshot.save(kept);
  }

  async signOut(): Promise<void> {
    this.#stream.stop(); // the hub ends it before it has answered, and would refuse another
    try {
      await api.signOut();
    } catch (error) {
      this.spoken = errorWords(error);
      this.#stream.start();
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
    signedInHere(false);
    reach.offline = false;
    void snapshot.clear();
    this.home.clear();
    scenes.adopt([]); // they are read again for whoever comes next
    homeMode.now = null;
    this.asks.clear();
    this.undo.dismiss();
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
      this.session = session;
      if (session.signed_in) return false;
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

/** For `early.js`: whether it is worth asking for the home before the app is there. */
function signedInHere(yes: boolean): void {
  try {
    if (yes) localStorage.setItem('jiahe.in', '1');
    else localStorage.removeItem('jiahe.in');
  } catch {
    // storage may be forbidden
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
  if (ask.code === 'offline') return t('offline.nothing_sent');
  if (ask.code === 'second_factor') return t('confirm.needed');
  const end = ask.phase === 'lost' || !ask.reason ? t(`ask.${ask.phase}`) : reasonWords(ask.reason, ask.says);
  const wish = wishOf(ask);
  return wish ? t('ask.why', { sentence: wish, reason: end }) : end;
}

export function errorWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.unknown', { status: String(error) });
  if (error.code === 'offline') return t('offline.nothing_sent');
  if (error.status === 0) return t('error.unreachable');
  if (error.code === 'second_factor') return t('confirm.needed');
  if (error.code === 'sign_in') return t('error.signedout');
  if (error.status === 429 && error.wait > 0) return t('error.toomany', { count: error.wait });
  const words = saidWords(saysOf(error.says), prefs.lang === 'en' ? error.message : '');
  if (words) return sentence(words);
  return error.status === 403 ? t('error.forbidden') : t('error.unknown', { status: error.status });
}

export const app = new App();
