// The places of the app that are always one tap away. Owns their order; a page that is not there has no place.

import type { PlainKey } from '../i18n/index.svelte';
import type { IconName } from '../icons';
import { PAGES } from '../pages';

export interface Place {
  path: string;
  word: PlainKey;
  icon: IconName;
}

export const isPage = (path: string): boolean => path === '/' || PAGES.some((page) => page.path === path);

const ALL: readonly Place[] = [
  { path: '/', word: 'nav.home', icon: 'home' },
  { path: '/automations', word: 'nav.automations', icon: 'rules' },
  { path: '/comfort', word: 'nav.comfort', icon: 'comfort' },
  { path: '/diary', word: 'nav.diary', icon: 'diary' },
  { path: '/you', word: 'nav.you', icon: 'person' },
];

export const PLACES: readonly Place[] = ALL.filter((place) => isPage(place.path));

/** Which of the places a path belongs to: what is opened from one stays in it. */
const BELONGS: Readonly<Record<string, string>> = {
  devices: '/', rooms: '/', arrange: '/', add: '/', scenes: '/automations', rules: '/automations', automations: '/automations', comfort: '/comfort', energy: '/comfort', diary: '/diary',
};

export function placeOf(path: string): string {
  const [first] = path.split('/').filter(Boolean);
  return first === undefined ? '/' : (BELONGS[first] ?? '/you');
}
