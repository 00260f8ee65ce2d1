// Cards and controls of every kind, search, favourites, order, undo: every sentence in both languages.

export const en = {} as const;

export const zh: Record<keyof typeof en, string> = {};
