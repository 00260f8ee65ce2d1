// The last home that this phone was shown, for when there is no network. Owns its place (IndexedDB) and its end.
// One home of one person; it goes with the sign-out, with the end of a guest's key, and with a different person.
// It is not encrypted: the phone's own lock guards it, as it guards the session's cookie.

import type { Lists, Mode, Scene } from '../home/api';
import type { HomeJson, Session } from '../types';

export interface Kept {
  /** Who was signed in: nobody else is shown this. */
  session: Session;
  home: HomeJson;
  /** This machine's epoch seconds when the home was as it says. */
  local: number;
  /** How that person likes it shown, its scenes and its mode, where they were known. */
  lists?: Lists | null;
  scenes?: readonly Scene[];
  mode?: Mode | null;
}

/** The shape of what is kept; another one is not read. */
const SHAPE = 1;
const DATABASE = 'jiahe';
const STORE = 'kept';
const KEY = 'home';
/** A phone that was away for longer shows nothing rather than a home of last month. */
export const OLDEST_S = 30 * 86_400;

/** The end of a guest's key by what the session said, in epoch seconds. */
export function endOf(session: Session): number {
  const until = (session.person as { until?: unknown } | null)?.until;
  return typeof until === 'number' ? until : Infinity;
}

/** Whether it may be shown now: to this person, before their key ends, and not older than it is worth. */
export function fit(kept: unknown, now: number): kept is Kept {
  const it = kept as Partial<Kept> & { shape?: unknown };
  if (!it || it.shape !== SHAPE || typeof it.local !== 'number' || !it.session?.signed_in || !it.home?.devices) return false;
  return now < endOf(it.session) && now - it.local < OLDEST_S;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('no database'));
    asked.onblocked = () => reject(new Error('blocked'));
  });
}

async function work(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const asked = ask(database.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error('not done'));
    });
  } finally {
    database.close();
  }
}

/** A browser may forbid storage, or have no room: then there is nothing to show without a network, and that is all. */
async function tried<T>(what: () => Promise<T>, otherwise: T): Promise<T> {
  if (typeof indexedDB === 'undefined') return otherwise;
  try {
    return await what();
  } catch {
    return otherwise;
  }
}

export const snapshot = {
  save: (kept: Kept): Promise<void> =>
    tried(async () => void (await work('readwrite', (store) => store.put(JSON.stringify({ ...kept, shape: SHAPE }), KEY))), undefined),

  load: (now: number): Promise<Kept | null> =>
    tried(async () => {
      const text = await work('readonly', (store) => store.get(KEY));
      const kept: unknown = typeof text === 'string' ? JSON.parse(text) : null;
      if (fit(kept, now)) return kept;
      if (text !== undefined) await work('readwrite', (store) => store.clear());
      return null;
    }, null),

  clear: (): Promise<void> => tried(async () => void (await work('readwrite', (store) => store.clear())), undefined),
};
