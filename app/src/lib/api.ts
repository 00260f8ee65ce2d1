// Every question the app puts to the hub. Owns the requests and what their errors mean; keeps no state.

import { reach } from './offline/reach';
import type {
  CommandResult, DeviceJson, Faults, Found, History, HomeJson, JournalRecord, Room, Session, Value, VirtualDevice,
} from './types';

/** A request that did not work. `status` is 0 where the hub could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly property: string | undefined;
  /** Whole seconds after which another try is looked at; 0 where the hub did not say. */
  readonly wait: number;
  /** Which of the hub's sentences the message is, where it is one (lib/said). */
  readonly says: unknown;

  constructor(status: number, code: string, message: string, property?: string, wait = 0, says?: unknown) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.property = property;
    this.wait = wait;
    this.says = says;
  }
}

/** Who asks whether the hub is there at all does not wait longer than for this. */
const QUICK_MS = 6_000;
/** The longest that any answer may take: a command's own deadline at the hub is shorter. */
const PATIENCE_MS = 30_000;

/** Characters of a request that may outlive its page (browsers allow 64 KiB for all of them together). */
const CARRIED = 8_000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What asks the person for their second factor (lib/security/confirm); true once they gave it. */
export const gate: { confirm: () => Promise<boolean> } = { confirm: async () => false };

/** Set by `lib/said`: waits until the hub's sentences are there in the reader's language, or cannot be had. A refusal is turned
 *  into words once, when it comes. */
export const sentences: { ready: () => Promise<void> } = { ready: async () => {} };
export const SENTENCES = '/api/sentences';

/** One question to the hub, with the session's cookie; ApiError where it does not answer with yes. What takes the second
 *  factor is asked again, once, after the person gave it. */
export async function ask<T>(method: Method, path: string, body?: unknown, patience = PATIENCE_MS): Promise<T> {
  try {
    return await askOnce<T>(method, path, body, patience);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'second_factor' || !(await gate.confirm())) throw error;
    return await askOnce<T>(method, path, body, patience);
  }
}

async function askOnce<T>(method: Method, path: string, body: unknown, patience: number): Promise<T> {
  // Not kept for later and not tried: what is wished while the hub is away would come true at a time nobody meant.
  if (method !== 'GET' && reach.offline) throw new ApiError(0, 'offline', '');
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), patience);
  const letter = body === undefined ? '' : JSON.stringify(body);
  try {
    const response = (await early(method, path)) ?? await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: cut.signal,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(letter === '' ? {} : { body: letter }),
      // What was asked just before the page was closed still goes out; browsers carry little of it.
      keepalive: method !== 'GET' && letter.length < CARRIED,
    });
    if (!response.ok) {
      const refused = await refusal(response);
      if (refused.says !== undefined && path !== SENTENCES) await sentences.ready();
      throw refused;
    }
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, 'unreachable', '');
  } finally {
    clearTimeout(timer);
  }
}

/** What `early.js` asked for before the app was there; good once, and for the first question only. */
async function early(method: Method, path: string): Promise<Response | null> {
  const asked = (globalThis as { jiaheEarly?: Record<string, Promise<Response | null>> }).jiaheEarly;
  const answer = method === 'GET' ? asked?.[path] : undefined;
  if (!asked || !answer) return null;
  delete asked[path];
  return answer;
}

async function refusal(response: Response): Promise<ApiError> {
  let told: { code?: unknown; message?: unknown; property?: unknown; says?: unknown } = {};
  try {
    told = ((await response.json()) as { error?: typeof told }).error ?? {};
  } catch {
    // an answer that is not ours (a proxy's page): its status is all there is to say
  }
  const text = (it: unknown): string => (typeof it === 'string' ? it : '');
  return new ApiError(response.status, text(told.code), text(told.message), text(told.property) || undefined, Number(response.headers.get('retry-after')) || 0, told.says);
}

const part = encodeURIComponent;

export const api = {
  session: () => ask<Session>('GET', '/api/session', undefined, QUICK_MS),
  signIn: (name: string, password: string) => ask<void>('POST', '/api/session', { name, password }),
  signOut: () => ask<void>('DELETE', '/api/session'),
  claim: (code: string, name: string, password: string) => ask<void>('POST', '/api/claim', { code, name, password }),

  claimState: (code: string) => ask<{ state: 'valid' | 'owned' | 'expired' | 'wrong' }>('GET', `/api/claim/${part(code)}`),
  setPassword: (wish: { old?: string; new: string }) => ask<void>('POST', '/api/password', wish),

  home: () => ask<HomeJson>('GET', '/api/home'),
  set: (device: string, property: string, value: Value) =>
    ask<CommandResult>('POST', '/api/commands?wait=1', { device, property, value }),
  act: (device: string, action: string, args: Value[]) =>
    ask<CommandResult>('POST', '/api/commands?wait=1', { device, action, arguments: args }),

  history: (device: string, property: string, from: number, to: number, points: number) =>
    ask<History>(
      'GET',
      `/api/history?device=${part(device)}&property=${part(property)}&from=${from.toFixed(0)}&to=${to.toFixed(0)}&points=${points}`,
    ),
  diary: (device: string, latest: number) =>
    ask<{ records: JournalRecord[]; cursor: number }>('GET', `/api/journal?device=${part(device)}&latest=${latest}`),

  discover: (addresses: string[] = []) => ask<{ found: Found[] }>('POST', '/api/discover', addresses.length > 0 ? { addresses } : {}),
  /** A wristband is looked for, and then waits for its wearer's tap. */
  adopt: (wish: Record<string, string>) => ask<DeviceJson>('POST', '/api/devices', wish, 120_000),
  change: (device: string, wish: { name?: string; room?: string }) =>
    ask<unknown>('PATCH', `/api/devices/${part(device)}`, wish),
  remove: (device: string) => ask<void>('DELETE', `/api/devices/${part(device)}`),
  addRoom: (name: string) => ask<Room>('POST', '/api/rooms', { name }),

  virtual: () => ask<{ devices: Record<string, VirtualDevice> }>('GET', '/api/virtual'),
  setFaults: (device: string, faults: Partial<Faults>) =>
    ask<unknown>('PUT', `/api/virtual/${part(device)}/faults`, faults),
  virtualAction: (device: string, action: string) =>
    ask<unknown>('PUT', `/api/virtual/${part(device)}/faults`, { action }),
};

export type Api = typeof api;
