// A grant as a sentence, and a key as one: what somebody may do, with what, when and until when. Owns the words' order; names
// come from the home.

import { app } from '../app.svelte';
import { humanise } from '../i18n/choices';
import { name, t, type PlainKey } from '../i18n/index.svelte';
import { kindLabel } from '../labels';
import { keyLacks, type Key } from './key';
import { TRAITS } from './named';
import type { Grant, Hours } from './types';
import { dateWord, dayWords } from './words';

/** A word that the book may have; made readable where it has none. */
const known = (key: string, name: string): string => t(key as PlainKey) || humanise(name);

/** What a kind of device is called: as the home's own devices say it, else as the book does. */
export function kindWord(kind: string): string {
  const device = app.home.list.find((it) => it.kind === kind);
  return device ? kindLabel(device) : known(`kind.${kind}`, kind);
}

/** What a trait is called, in the middle of a sentence. */
export const traitWord = (trait: string): string => known(`trait.${trait}`, trait);

const roomWord = (id: string): string => app.home.rooms.find((it) => it.id === id)?.name ?? id;
const deviceWord = (id: string): string => app.home.devices[id]?.name ?? id;
const listed = (words: readonly string[]): string => words.map((it) => name(it)).join(t('grant.comma'));

function what(grant: Grant): string {
  if ([grant.rooms, grant.devices, grant.kinds, grant.traits, grant.makers].some((it) => it?.length === 0)) return t('grant.nothing');
  const parts: string[] = [];
  if (grant.devices) parts.push(listed(grant.devices.map(deviceWord)));
  if (grant.kinds) parts.push(t('grant.kinds', { names: listed(grant.kinds.map(kindWord)) }));
  if (grant.rooms) parts.push(t('grant.rooms', { names: listed(grant.rooms.map(roomWord)) }));
  if (grant.makers) parts.push(t('grant.makers', { names: listed(grant.makers) }));
  if (grant.traits) parts.push(t('grant.traits', { names: listed(grant.traits.map(traitWord)) }));
  return parts.length > 0 ? parts.join(t('grant.within')) : t('grant.everything');
}

function when(hours: Hours): string {
  const words = dayWords();
  const days = hours.days.length === 7 ? '' : [...hours.days].sort().map((it) => words[it]).join(' ');
  return t(days ? 'grant.days' : 'grant.hours', { days, from: hours.from, to: hours.to } as never);
}

const DOES = { see: 'grant.see', operate: 'grant.operate', configure: 'grant.configure' } as const;

/** `Sees and operates Kitchen · 08:00 to 20:00 · until Sun, 29 Nov, 20:00`. */
export function grantWords(grant: Grant): string {
  const most = (['configure', 'operate', 'see'] as const).find((verb) => grant.verbs.includes(verb)) ?? 'see';
  const does = grant.verbs.includes('share') && most === 'see' ? t('grant.share', { what: what(grant) }) : t(DOES[most], { what: what(grant) });
  const also = grant.verbs.includes('share') && most !== 'see' ? t('grant.share.too') : '';
  const parts = [does, also, grant.hours ? when(grant.hours) : '', grant.until === undefined ? '' : t('people.until', { date: dateWord(grant.until) })];
  return parts.filter(Boolean).join(' · ');
}

/** As the page lists them; what it has no word for comes last. */
function inOrder(traits: readonly string[]): string[] {
  const all: readonly string[] = Object.values(TRAITS).flat();
  const at = (trait: string): number => (all.indexOf(trait) + all.length + 1) % (all.length + 1);
  return [...traits].sort((one, two) => at(one) - at(two));
}

/** What the rooms of a key are for; empty for nothing. */
function roomsWords(key: Key): string {
  if (key.kinds?.length === 0 || (!key.anywhere && key.rooms.length === 0)) return '';
  const kinds = key.kinds?.map((it) => t('key.opens.every', { name: kindWord(it).replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase()) })).join(t('grant.comma'));
  if (key.anywhere) return kinds ? t('key.opens.kinds.any', { kinds }) : t('key.opens.any');
  const rooms = listed(key.rooms.map(roomWord));
  return kinds ? t('key.opens.kinds', { kinds, rooms }) : t('key.opens.rooms', { rooms });
}

/** `Sees and operates every light in Kitchen and Air purifier; only on and off; until Sun, 29 Nov, 20:00.` Empty where it opens nothing. */
export function keyWords(key: Key, until: number | null): string {
  if (key.traits?.length === 0 || keyLacks(key) === 'anywhere') return '';
  // what stands in no room is bound to none
  const stays = (id: string): boolean => key.stay && Boolean(app.home.devices[id]?.room);
  const bound = listed(key.devices.filter(stays).map(deviceWord));
  const free = listed(key.devices.filter((id) => !stays(id)).map(deviceWord));
  const parts = [roomsWords(key), free, bound && t('key.opens.stay', { names: bound })].filter(Boolean);
  if (parts.length === 0) return '';
  const all = [
    t(key.operate ? 'grant.operate' : 'grant.see', { what: parts.join(t('key.opens.and')) }),
    key.traits ? t('key.opens.traits', { names: inOrder(key.traits).map(traitWord).join(t('grant.comma')) }) : '',
    key.hours ? when(key.hours) : '',
    until === null ? '' : t('people.until', { date: dateWord(until) }),
  ];
  return all.filter(Boolean).join(t('key.opens.join')) + t('key.opens.end');
}
