// The pure parts of passkeys, QR codes and browsers' names.

import { describe, expect, it } from 'vitest';
import { browserName } from '../src/lib/security/browser';
import { bytes, isKnown, isNo, text } from '../src/lib/security/passkey';
import { modulesPath } from '../src/lib/security/qr';

describe('bytes as WebAuthn writes them', () => {
  it.each([0, 1, 2, 3, 4, 255])('comes back: %i bytes', (count) => {
    const made = Uint8Array.from({ length: count }, (_, at) => 255 - at);
    const written = text(made.buffer);
    expect(written).toMatch(/^[\w-]*$/);
    expect([...bytes(written)]).toEqual([...made]);
  });
  it('is base64url without padding (RFC 4648, 5)', () => {
    expect(text(new Uint8Array([251, 255]).buffer)).toBe('-_8');
  });
});

describe('what a browser says when no passkey comes', () => {
  it('tells a no from a passkey that is there already', () => {
    expect(isNo(new DOMException('', 'NotAllowedError'))).toBe(true);
    expect(isNo(new DOMException('', 'AbortError'))).toBe(true);
    expect(isNo(new DOMException('', 'SecurityError'))).toBe(false);
    expect(isKnown(new DOMException('', 'InvalidStateError'))).toBe(true);
    expect(isKnown(new Error('InvalidStateError'))).toBe(false);
  });
});

describe('a QR code as one path', () => {
  it('draws runs as rectangles behind the quiet zone', () => {
    expect(modulesPath(['1101', '0000', '0010'])).toBe('M4 4h2v1h-2zM7 4h1v1h-1zM6 6h1v1h-1z');
    expect(modulesPath(['01'], 0)).toBe('M1 0h1v1h-1z');
  });
});

describe('what a browser is called', () => {
  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari · iPhone'],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0', 'Edge · Windows'],
    ['a script of my own', 'a script of my own'],
    ['', ''],
  ])('%s', (label, called) => expect(browserName(label)).toBe(called));
});
