// What the app asks the hub of passkeys, the second factor, sessions and the secure address. Keeps no state.

import { ask } from '../api';
import type { AppSecret, CredentialJson, Passkey, SecondFactor, Secure, SessionRow } from './types';

const part = encodeURIComponent;

export const securityApi = {
  passkeys: () => ask<{ passkeys: Passkey[]; possible: boolean }>('GET', '/api/passkeys'),
  passkeyOptions: () => ask<CredentialJson>('POST', '/api/passkeys/options', {}),
  addPasskey: (passkey: CredentialJson) => ask<Passkey>('POST', '/api/passkeys', { passkey }),
  removePasskey: (id: string) => ask<void>('DELETE', `/api/passkeys/${part(id)}`),
  challenge: () => ask<CredentialJson>('POST', '/api/session/passkey/options', {}),
  enter: (passkey: CredentialJson) => ask<void>('POST', '/api/session/passkey', { passkey }),

  factor: () => ask<SecondFactor>('GET', '/api/second-factor'),
  beginApp: () => ask<AppSecret>('POST', '/api/second-factor/totp', {}),
  proveApp: (code: string) => ask<SecondFactor & { codes: string[] }>('PUT', '/api/second-factor/totp', { code }),
  newCodes: () => ask<SecondFactor & { codes: string[] }>('POST', '/api/second-factor/recovery', {}),
  factorOff: () => ask<void>('DELETE', '/api/second-factor'),
  confirm: (proof: { code: string } | { passkey: CredentialJson }) => ask<SecondFactor>('POST', '/api/session/confirm', proof),

  sessions: () => ask<{ sessions: SessionRow[] }>('GET', '/api/sessions'),
  endSession: (id: string) => ask<void>('DELETE', `/api/sessions/${part(id)}`),

  secure: () => ask<Secure>('GET', '/api/secure'),
  setOnly: (only: boolean) => ask<Secure>('PUT', '/api/secure', { only }),
};
