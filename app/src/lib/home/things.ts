// Everything of the home that can be searched for, as things with names. Owns which; `search.ts` finds among them.

import { app } from '../app.svelte';
import { name, t } from '../i18n/index.svelte';
import { iconOfKind, iconOfProperty } from '../icons';
import { kindLabel, propertyLabel, roomLabel } from '../labels';
import { PAGES } from '../pages';
import { prefs } from '../prefs.svelte';
import { devicePath } from '../route.svelte';
import { isKnown, propertiesOf } from '../traits';
import { write } from '../units';
import { scenes } from './scenes.svelte';
import type { Thing } from './search';
import { sceneName } from './words';

export function thingsOf(): Thing[] {
  const { list, rooms } = app.home;
  const devices = list.map((device): Thing => ({
    key: device.id, sort: 'device', title: device.name || kindLabel(device), under: [roomLabel(rooms, device.room), kindLabel(device)].join(' · '),
    icon: iconOfKind(device.kind), href: devicePath(device.id),
    words: [...Object.values(device.kind_labels), ...Object.values(device.names ?? {}), device.maker, device.product, roomLabel(rooms, device.room)],
  }));
  const values = list.flatMap((device) =>
    propertiesOf(device).filter((it) => it.trait !== 'vendor').map((property): Thing => ({
      key: `${device.id}/${property.path}`, sort: 'property', title: propertyLabel(property),
      under: [name(device.name), isKnown(property) ? write(property, property.value, prefs.lang).whole : ''].filter(Boolean).join(' · '),
      icon: iconOfProperty(property.name, property.trait), href: devicePath(device.id), words: [...Object.values(property.labels), device.name],
    })),
  );
  return [
    ...devices,
    ...rooms.map((room): Thing => ({
      key: `room/${room.id}`, sort: 'room', title: room.name, under: t('search.room', { count: list.filter((it) => it.room === room.id).length }),
      icon: 'home', href: `/rooms/${encodeURIComponent(room.id)}`, words: Object.values(room.names ?? {}),
    })),
    ...scenes.rows.map((scene): Thing => ({ key: `scene/${scene.id}`, sort: 'scene', title: sceneName(scene), under: t('search.scene'), icon: 'play', href: '', words: [...Object.values(scene.names), scene.id] })),
    ...PAGES.filter((page) => !page.path.includes(':') && !page.anyone).map((page): Thing => ({ key: page.path, sort: 'page', title: t(page.title), under: t('search.page'), icon: 'next', href: page.path, words: [page.path.slice(1)] })),
    ...values,
  ];
}
