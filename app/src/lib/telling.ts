// An entry of the diary as a sentence. Owns the words' choice; what happened is `diary.ts`.

import type { Entry, Who } from './diary';
import { app } from './app.svelte';
import type { Device } from './home.svelte';
import { isCarried } from './home/needs';
import { reasoned } from './home/reasoned.svelte';
import { humanise } from './i18n/choices';
import { name, sentence, t } from './i18n/index.svelte';
import { actionLabel, propertyLabel, wordOf } from './labels';
import { prefs } from './prefs.svelte';
import { beside, reasonWords } from './reasons';
import { knownRules, knownScenes } from './rules/known.svelte';
import { saysOf } from './said.svelte';
import { seesHome } from './sight';
import { write } from './units';

/** The name of the token that the command line uses (the hub's own word for it). */
const COMMAND_LINE = 'this machine';

/** Who is told of nobody else by name is told of their own doing as theirs. */
const isMine = (who: Who): boolean => !seesHome() && who.source === app.session?.person?.name;

/** Whoever may not know who it was still knows what kind of doer it was: no sentence is without one. */
export function whoWord(who: Who): string {
  if (who.kind === 'person' && who.source === '') return t('actor.somebody');
  if (who.kind === 'person' && isMine(who)) return t('actor.you');
  if (who.kind === 'person') return who.source === COMMAND_LINE ? t('actor.cli') : name(who.source);
  if (who.kind === 'rule') return who.source === '' ? t('actor.a_rule') : t('actor.rule', { who: name(knownRules.name(who.source)) });
  if (who.kind === 'agent') return who.source === '' ? t('actor.a_program') : t('actor.agent', { who: name(who.source) });
  if (who.kind === 'comfort') return t('actor.comfort');
  if (who.source === 'demo') return t('actor.demo');
  return t(who.kind === 'fleet' ? 'actor.fleet' : 'actor.system');
}

/** Only what the device confirmed is told as done. */
const tried = (entry: Entry): boolean => entry.kind === 'command' && entry.status !== 'confirmed';

const AT_HOME = {
  device_adopted: 'diary.adopted', device_renamed: 'diary.renamed', device_moved: 'diary.moved', device_removed: 'diary.removed', product_changed: 'diary.product',
} as const;

/** What its wearer took along is out, not in trouble. */
export const isOut = (entry: Entry, device: Device | undefined): boolean =>
  entry.kind === 'reach' && entry.state === 'offline' && device !== undefined && isCarried(device);

/** What happened; `device` is undefined for one that left the home. */
export function said(entry: Entry, device: Device | undefined): string {
  if (entry.kind === 'reach' && isOut(entry, device)) return t('diary.out');
  if (entry.kind === 'reach') return t(entry.state === 'online' ? 'diary.online' : entry.state === 'locked_out' ? 'diary.locked_out' : 'diary.offline');
  if (entry.kind === 'event') return t('diary.event', { event: humanise(entry.event) });
  if (entry.kind === 'note') return noteWords(entry);
  if (entry.kind === 'home') {
    const what = AT_HOME[entry.what as keyof typeof AT_HOME];
    return what ? t(what) : humanise(entry.what);
  }
  if (entry.kind === 'command' && entry.action) {
    const action = device?.actions.find((it) => it.path === entry.action);
    return t(tried(entry) ? 'diary.tried.act' : 'diary.person.act', { who: whoWord(entry.who), action: action ? actionLabel(action) : humanise(entry.action) });
  }
  const property = device?.properties[entry.property];
  const label = property ? propertyLabel(property) : humanise(entry.property);
  const value = write(property ?? { kind: 'text', unit: '', step: null }, entry.value, prefs.lang).whole;
  if (entry.kind === 'command') {
    const who = whoWord(entry.who);
    if (tried(entry)) {
      if (entry.property === 'power') return t(entry.value ? 'diary.tried.on' : 'diary.tried.off', { who });
      return t('diary.tried.set', { who, property: label, value });
    }
    if (entry.property === 'power') return t(entry.value ? 'diary.person.on' : 'diary.person.off', { who });
    return t('diary.person.set', { who, property: label, value });
  }
  if (entry.property === 'power') return t(entry.value ? 'diary.device.on' : 'diary.device.off');
  return t('diary.device.set', { property: label, value });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

const NOTES = {
  rule_saved: 'diary.rule.saved', rule_removed: 'diary.rule.removed', scene_saved: 'diary.scene.saved', scene_removed: 'diary.scene.removed',
  room_added: 'diary.room.added', room_renamed: 'diary.room.renamed', room_removed: 'diary.room.removed',
  login: 'diary.login', login_refused: 'diary.login.refused', logout: 'diary.logout', owner_created: 'diary.owner', password_changed: 'diary.password',
  link_created: 'diary.link', token_created: 'diary.token', token_revoked: 'diary.token.revoked', keys_kept: 'diary.keys', refused: 'diary.refusal',
  credential_refused: 'diary.credential', started: 'diary.started', stopped: 'diary.stopped', person_invited: 'diary.invited', person_joined: 'diary.joined',
  person_removed: 'diary.left', grants_changed: 'diary.grants', joined: 'diary.came', person_changed: 'diary.person_changed',
  invitation_created: 'diary.invitation', session_ended: 'diary.session_ended', join_refused: 'diary.join_refused',
  password_refused: 'diary.password_refused', passkey_refused: 'diary.passkey_refused', second_factor_refused: 'diary.factor_refused',
  confirm_refused: 'diary.factor_refused', confirmed: 'diary.confirmed', passkey_added: 'diary.passkey_added', passkey_removed: 'diary.passkey_removed',
  second_factor_on: 'diary.factor_on', second_factor_off: 'diary.factor_off', recovery_codes_made: 'diary.codes',
} as const;

/** The demo's own rooms are told in the reader's language, as everywhere; empty for all others. */
function roomName(body: Readonly<Record<string, unknown>>): string {
  const room = app.home.rooms.find((it) => it.id === body.room);
  return room && Object.values(room.names ?? {}).includes(text(body.name)) ? room.name : '';
}

function noteWords(entry: Extract<Entry, { kind: 'note' }>): string {
  const { what, body } = entry;
  const who = whoWord(entry.who);
  if (what === 'mode_changed') return t('diary.mode', { who, mode: wordOf(text(body.mode)) });
  if (entry.group === 'comfort') return reasoned(body, entry.at);
  if (entry.group === 'rule') {
    if (what === 'notify') return t('diary.rule.told', { rule: name(knownRules.name(text(body.rule))), text: text((body.texts as Record<string, unknown> | undefined)?.[prefs.lang]) || text(body.text) });
    if (what === 'scene') return t('diary.scene.played', { who, scene: name(knownScenes.name(text(body.scene))) });
    return t(what === 'ran' ? 'diary.rule.ran' : what === 'missed' ? 'diary.rule.missed' : 'diary.rule.paused', { rule: name(knownRules.name(text(body.rule))) });
  }
  const key = NOTES[what as keyof typeof NOTES];
  if (!key) return `${who}: ${humanise(what)}`;
  return t(key, { who, name: name(roomName(body) || text(body.name) || knownRules.name(text(body.rule)) || knownScenes.name(text(body.scene)) || text(body.room) || text(body.person)) } as never);
}

/** What stands smaller under it: how it ended, or where the word comes from. What went out with its wearer needs no word. */
export function aside(entry: Entry, device?: Device): string {
  if (isOut(entry, device)) return '';
  if (entry.kind === 'update') return t(({ there: 'diary.by_device', found: 'diary.found', simulated: 'diary.simulated' } as const)[entry.how]);
  if (entry.kind === 'reach') return beside(entry.reason, saysOf(entry.says));
  if (entry.kind === 'note') {
    if (entry.what === 'scene' && entry.body.status !== 'all_confirmed') return t(entry.body.status === 'partly_confirmed' ? 'scene.partly' : 'scene.none');
    return entry.group === 'security' && entry.body.reason ? sentence(reasonWords(text(entry.body.reason), saysOf(entry.body.says))) : '';
  }
  if (entry.kind !== 'command' || entry.status === 'confirmed') return '';
  const end = ({ waiting: 'diary.waiting', refused: 'diary.refused', failed: 'diary.failed_one', timed_out: 'diary.timed_out', superseded: 'diary.superseded' } as const)[entry.status];
  return sentence(entry.reason && entry.status !== 'superseded' ? reasonWords(entry.reason, saysOf(entry.says)) : t(end));
}

export const isWrong = (entry: Entry): boolean =>
  (entry.kind === 'command' && ['refused', 'failed', 'timed_out'].includes(entry.status)) || (entry.kind === 'reach' && entry.state !== 'online')
  || (entry.kind === 'note' && /refused/.test(entry.what));
