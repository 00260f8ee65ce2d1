// Passkeys, the second factor, sessions, the secure address: every sentence in both languages.

export const en = {} as const;

export const zh: Record<keyof typeof en, string> = {};
