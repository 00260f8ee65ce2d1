// What the home's own things are called: scenes, modes, what needs somebody.

import type { Device } from '../home.svelte';
import { label, name, sentence, t } from '../i18n/index.svelte';
import { saysOf } from '../said.svelte';
import type { IconName } from '../icons';
import { componentLabel, propertyLabel } from '../labels';
import { prefs } from '../prefs.svelte';
import { beside } from '../reasons';
import { write } from '../units';
import type { Mode, Scene } from './api';
import type { Need } from './needs';

export const sceneName = (scene: Pick<Scene, 'id' | 'names'>): string => label(scene.names, scene.id);

export const MODE_ICONS: Readonly<Record<Mode, IconName>> = { home: 'home', away: 'away', night: 'moon', holiday: 'holiday' };

const NEED_ICONS: Readonly<Record<Need['kind'], IconName>> = {
  offline: 'offline', locked_out: 'key', fault: 'alert', filter: 'filter', filter_alert: 'filter', battery: 'battery', part: 'sliders',
  smoke: 'smoke', leak: 'drop', door: 'door', tank_full: 'tank', tank_missing: 'tank', refill: 'drop',
};
export const needIcon = (need: Need): IconName => NEED_ICONS[need.kind];

/** What must not wait. */
export const isUrgent = (need: Need): boolean => need.kind === 'smoke' || need.kind === 'leak';

export function needWords(device: Device, need: Need): string {
  const who = name(device.name);
  switch (need.kind) {
    case 'filter':
    case 'battery':
      return t(`attention.${need.kind}`, { name: who, percent: write(need.percent, need.percent.value, prefs.lang).whole });
    case 'part':
      return t('attention.part', { name: who, part: propertyLabel(need.percent), percent: write(need.percent, need.percent.value, prefs.lang).whole });
    case 'filter_alert':
      return t('attention.filter.alert', { name: who });
    case 'refill':
      return t('attention.refill', { name: who, part: propertyLabel(need.of) });
    case 'door':
      return need.of.component === 'main' ? t('attention.door', { name: who }) : t('attention.door.part', { name: who, part: componentLabel(need.of.component) });
    default:
      return t(`attention.${need.kind}`, { name: who });
  }
}

export function needReason(need: Need): string {
  if (need.kind === 'fault') return sentence(need.reason);
  return 'reason' in need ? beside(need.reason, saysOf(need.says)) : '';
}
