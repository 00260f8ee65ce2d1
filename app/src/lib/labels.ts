// What things of the home are called: labels from the hub, with the component's name where there are several.

import { label, t } from './i18n/index.svelte';
import { choiceWord, humanise } from './i18n/choices';
import { prefs } from './prefs.svelte';
import type { Device } from './home.svelte';
import type { Action, Definition, Room } from './types';

const COMPONENTS: Readonly<Record<string, string>> = {
  fridge: '冷藏室',
  freezer: '冷冻室',
  left: '左',
  right: '右',
};

export function propertyLabel(def: Pick<Definition, 'labels' | 'name' | 'component'>): string {
  const own = label(def.labels, def.name);
  if (def.component === 'main') return own;
  const component = prefs.lang === 'zh' ? (COMPONENTS[def.component] ?? humanise(def.component)) : humanise(def.component);
  return `${component} · ${own}`;
}

export function actionLabel(action: Pick<Action, 'labels' | 'path'>): string {
  return label(action.labels, action.path);
}

/** The name that every home begins with is ours, and so in the reader's language. */
const FIRST_NAME = 'Home';
export const homeLabel = (name: string): string => (name && name !== FIRST_NAME ? name : t('home.first'));

export const kindLabel = (device: Device): string => label(device.kind_labels, device.kind);

export function roomLabel(rooms: readonly Room[], id: string): string {
  return rooms.find((room) => room.id === id)?.name ?? t('room.none');
}

export const wordOf = (choice: string): string => choiceWord(choice, prefs.lang);
