// Installing the app, and being without a network: every sentence in both languages.

export const en = {} as const;

export const zh: Record<keyof typeof en, string> = {};
