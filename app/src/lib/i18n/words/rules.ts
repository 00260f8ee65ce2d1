// Rules, scenes, modes, why and replay: every sentence in both languages.

export const en = {} as const;

export const zh: Record<keyof typeof en, string> = {};
