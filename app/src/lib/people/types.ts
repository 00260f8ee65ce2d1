// What the hub says of people, invitations and tokens. Owns no behaviour.

export type Role = 'owner' | 'adult' | 'child' | 'guest';
export type Verb = 'see' | 'operate' | 'configure' | 'share';

export interface Hours {
  /** Monday is 0. */
  days: readonly number[];
  from: string;
  to: string;
}

/** What narrows a grant is named in it; what is absent narrows nothing. */
export interface Grant {
  verbs: readonly Verb[];
  rooms?: readonly string[];
  devices?: readonly string[];
  kinds?: readonly string[];
  traits?: readonly string[];
  makers?: readonly string[];
  hours?: Hours;
  /** Epoch seconds. */
  until?: number;
}

export interface Person {
  id: string;
  name: string;
  role: Role;
  grants: readonly Grant[];
  until: number | null;
  state: 'invited' | 'active' | 'expired';
  last_seen: number | null;
  sessions: number;
  passkeys: number;
  second_factor: boolean;
  /** Who let a guest in, where that was no owner. */
  by?: string | null;
}

/** A link to hand over, and the rows of its QR code ("1" is dark). */
export interface Invitation {
  code: string;
  seconds: number;
  link: string;
  rows: readonly string[];
  /** The same at each address of the hub, the best first. */
  links?: readonly HandedLink[];
}

export interface HandedLink {
  link: string;
  rows: readonly string[];
  /** Over TLS: a phone must trust the home's certificate first. */
  secure: boolean;
  /** Another machine gets there. */
  elsewhere: boolean;
}

export interface Token {
  id: string;
  name: string;
  role: 'owner' | 'agent' | 'service';
  grants: readonly Grant[];
  until: number | null;
  created_at: number;
}

export interface JoinState {
  state: 'valid' | 'expired' | 'wrong';
  home?: string;
  name?: string;
  role?: Role;
  needs_password: boolean;
}
