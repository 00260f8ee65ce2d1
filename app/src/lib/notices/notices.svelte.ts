// The person's notices as this page knows them. Owns when they are asked for: at the start, when something happened that
// could be one, when a push came, and now and then.

import { app } from '../app.svelte';
import { worker } from '../offline/worker.svelte';
import type { JournalRecord } from '../types';
import { noticesApi } from './api';
import type { Notice } from './types';

/** The hub has put a notice into the list some milliseconds after the record; several at once are read once. */
const SOON_MS = 800;
/** What lasts (a device out of reach, bad air) becomes a notice without a record of its own. */
const NOW_AND_THEN_MS = 60_000;
const TELLING = new Set(['rule', 'availability', 'security', 'system', 'update']);
/** Readings that can become a notice at once; all other updates do not. */
const ALARMS = /(^|\.)(smoke|water_leak|filter_life|filter_alert|brush_life|mop_life|battery|tank_full|tank_missing|rinse_aid_low|salt_low)$/;

class Notices {
  list = $state.raw<Notice[]>([]);
  unread = $state(0);
  /** Null until the hub answered; then whether it did. */
  loaded = $state<boolean | null>(null);
  #cursor = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #started = false;

  start(): void {
    if (this.#started) return;
    this.#started = true;
    app.home.listen((record) => this.#heard(record));
    worker.onNotice = () => this.#soon();
    setInterval(() => {
      if (!document.hidden && app.line === 'live') void this.load();
    }, NOW_AND_THEN_MS);
    void this.load();
  }

  async load(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const told = await noticesApi.list();
      this.list = [...told.notices].reverse();
      this.unread = told.unread;
      this.#cursor = told.cursor;
      this.loaded = true;
      badge(told.unread);
    } catch {
      this.loaded ??= false; // away or signed out: both are said elsewhere
    }
  }

  /** The list was looked at. What is marked as new stays so until it is left. */
  async read(): Promise<void> {
    if (this.unread === 0) return;
    try {
      this.unread = (await noticesApi.read(this.#cursor)).unread;
      badge(this.unread);
    } catch {
      // then it is still new the next time
    }
  }

  #heard(record: JournalRecord): void {
    if (!TELLING.has(record.kind)) return;
    if (record.kind === 'update' && !ALARMS.test(String(record.body.property))) return;
    this.#soon();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), SOON_MS);
  }
}

/** The number on the installed app's icon, where a phone has such. */
function badge(count: number): void {
  const here = navigator as Navigator & { setAppBadge?: (count: number) => Promise<void> };
  here.setAppBadge?.(count).catch(() => undefined);
}

export const notices = new Notices();
