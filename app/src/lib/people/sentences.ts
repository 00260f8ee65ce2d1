// A grant as a sentence: what somebody may do, with what, when and until when. Owns the words' order; names come from the home.

import { app } from '../app.svelte';
import { humanise } from '../i18n/choices';
import { label, name, t } from '../i18n/index.svelte';
import { kindLabel, propertyLabel } from '../labels';
import type { Grant, Hours } from './types';
import { dateWord, dayWords } from './words';

/** What a kind of device is called; one that this home has none of is made readable. */
export function kindWord(kind: string): string {
  const device = app.home.list.find((it) => it.kind === kind);
  return device ? kindLabel(device) : humanise(kind);
}

/** What a trait is called: as the home's devices call what has it. */
function traitWord(trait: string): string {
  for (const device of app.home.list) {
    const found = Object.values(device.properties).find((it) => it.trait === trait);
    if (found) return propertyLabel(found);
    const action = device.actions.find((it) => it.trait === trait);
    if (action) return label(action.labels, action.path);
  }
  return humanise(trait);
}

const listed = (words: readonly string[]): string => words.map((it) => name(it)).join(t('grant.comma'));

function what(grant: Grant): string {
  const parts: string[] = [];
  if (grant.devices) parts.push(listed(grant.devices.map((id) => app.home.devices[id]?.name ?? id)));
  if (grant.kinds) parts.push(t('grant.kinds', { names: listed(grant.kinds.map(kindWord)) }));
  if (grant.rooms) parts.push(t('grant.rooms', { names: listed(grant.rooms.map((id) => app.home.rooms.find((it) => it.id === id)?.name ?? id)) }));
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
