// The browser's own part of passkeys: its questions and answers between JSON and bytes. Owns no request and no state.
//
// Where a browser has parseCreationOptionsFromJSON and toJSON (WebAuthn Level 3) these do it; older ones get it from here.

import type { CredentialJson } from './types';

/** Whether this browser can have passkeys at this address at all. */
export function canPasskey(): boolean {
  return typeof window !== 'undefined' && window.isSecureContext && 'PublicKeyCredential' in window && 'credentials' in navigator;
}

/** Whether passkeys can be offered in the name field while somebody types. */
export async function canOffer(): Promise<boolean> {
  const conditional = canPasskey() ? PublicKeyCredential.isConditionalMediationAvailable : undefined;
  return conditional ? await conditional.call(PublicKeyCredential).catch(() => false) : false;
}

/** The person closed the browser's question, or let it time out: nothing that needs words. */
export function isNo(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}

/** The authenticator has a passkey of this home already. */
export function isKnown(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError';
}

export async function makePasskey(options: CredentialJson): Promise<CredentialJson> {
  const publicKey = creation(options);
  return json(await navigator.credentials.create({ publicKey }));
}

/** `offer`: no question of its own, but a line in the name field. */
export async function usePasskey(options: CredentialJson, offer = false, signal?: AbortSignal): Promise<CredentialJson> {
  const publicKey = request(options);
  return json(await navigator.credentials.get({ publicKey, ...(offer ? { mediation: 'conditional' } : {}), ...(signal ? { signal } : {}) }));
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function text(data: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join('');
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

interface Descriptor {
  id: string;
}
const decoded = (list: unknown): unknown[] => ((list ?? []) as Descriptor[]).map((it) => ({ ...it, id: bytes(it.id) }));

function creation(options: CredentialJson): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function') {
    return PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  }
  const user = options.user as { id: string };
  return {
    ...options,
    challenge: bytes(options.challenge as string),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: decoded(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function request(options: CredentialJson): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function') {
    return PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  }
  return {
    ...options,
    challenge: bytes(options.challenge as string),
    allowCredentials: decoded(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
}

const PARTS = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'] as const;

function json(credential: Credential | null): CredentialJson {
  if (!credential) throw new DOMException('nothing was chosen', 'NotAllowedError');
  const made = credential as PublicKeyCredential;
  if (typeof made.toJSON === 'function') return made.toJSON() as unknown as CredentialJson;
  const said = made.response as unknown as Readonly<Record<string, ArrayBuffer | null | undefined>>;
  const response: Record<string, string> = {};
  for (const part of PARTS) {
    const data = said[part];
    if (data) response[part] = text(data);
  }
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response };
}
