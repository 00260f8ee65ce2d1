// What the hub says of passkeys, the second factor, sessions and the secure address. Owns no behaviour.

export interface Passkey {
  id: string;
  name: string;
  /** The host name under which it works. */
  site: string;
  here: boolean;
  synced: boolean;
  created_at: number;
  used_at: number | null;
}

export interface SecondFactor {
  on: boolean;
  since: number | null;
  recovery_left: number;
  /** Own passkeys that can confirm at this address. */
  passkeys_here: number;
  confirmed_until: number | null;
}

/** What goes into an authenticator app: as text, as a link, and as the rows of a QR code ("1" is dark). */
export interface AppSecret {
  secret: string;
  uri: string;
  rows: readonly string[];
}

export interface SessionRow {
  id: string;
  /** What the browser calls itself. */
  label: string;
  created_at: number;
  last_used_at: number;
  current: boolean;
  via: 'session' | 'passkey' | 'key' | 'demo' | 'link' | 'token';
}

export interface Secure {
  /** Where the secure address is; null while it is closed. */
  address: string | null;
  here: boolean;
  passkeys: boolean;
  host: string;
  announced: boolean;
  fingerprint: string | null;
  only: boolean;
  help: string;
  trouble: string;
  /** Which of the hub's sentences the trouble is (lib/said). */
  says?: unknown;
}

/** WebAuthn's JSON forms: handed on between the hub and the browser as they are. */
export type CredentialJson = Readonly<Record<string, unknown>>;
