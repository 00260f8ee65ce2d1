// People, what they may do, guests and invitations: every sentence in both languages.

export const en = {} as const;

export const zh: Record<keyof typeof en, string> = {};
