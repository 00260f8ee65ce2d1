// A device in one look: the number or the word that stands large on its card. Owns the choice; the words are the dictionaries'.

import { timeOfDay } from '../ages';
import { bandOf, type Band } from '../air';
import type { Device } from '../home.svelte';
import { t } from '../i18n/index.svelte';
import { componentLabel, wordOf } from '../labels';
import { prefs } from '../prefs.svelte';
import { find, isKnown, isOn, powerOf, propertiesOf } from '../traits';
import type { Property } from '../types';
import { write } from '../units';
import { isVertical } from './cover';
import { heroOf, type Hero } from './hero';
import { endOf, minutesLeft, stageOf } from './stage';

export interface Glance {
  /** The property whose age is the card's. */
  of: Property | null;
  number: string;
  unit: string;
  /** A word in place of a number, set smaller. */
  isWord: boolean;
  /** What it is set to, where that is another number. */
  target: string;
  band: Band | null;
  /** A line of its own: time left, the battery, a second reading. */
  also: string;
  /** Somebody should look at once. */
  alarm: boolean;
}

const NOTHING: Glance = { of: null, number: '', unit: '', isWord: false, target: '', band: null, also: '', alarm: false };

const value = (property: Property): Pick<Glance, 'of' | 'number' | 'unit'> => {
  const { number, unit } = write(property, isKnown(property) ? property.value : null, prefs.lang);
  return { of: property, number, unit };
};
const whole = (property: Property | null | undefined): string => (isKnown(property) ? write(property, property.value, prefs.lang).whole : '');
const degrees = (property: Property | null, digits?: 0): string =>
  isKnown(property) ? write(digits === 0 && typeof property.value === 'number' ? { ...property, kind: 'int' } : property, property.value, prefs.lang).number + '°' : '';
const word = (of: Property | null, text: string, more: Partial<Glance> = {}): Glance => ({ ...NOTHING, of, number: text, isWord: true, ...more });

/** What may stand large on a device that has no hero. */
const FIRST = new Set(['sound', 'humidity', 'air_quality', 'light_sensor', 'operation', 'water_tank', 'timer']);

/** `now` is the hub's clock. */
export function glanceOf(device: Device, now: number): Glance {
  const hero = heroOf(device);
  switch (hero?.kind) {
    case 'thermostat':
    case 'humidistat':
      return { ...NOTHING, ...value(hero.current ?? hero.target), target: hero.current ? targetOf(hero) : '' };
    case 'air':
      return { ...NOTHING, ...value(hero.pm25), band: isKnown(hero.pm25) && typeof hero.pm25.value === 'number' ? bandOf(hero.pm25.value) : null };
    case 'light':
      return hero.level && isOn(device) ? { ...NOTHING, ...value(hero.level) } : NOTHING;
    case 'fan':
      if (!isOn(device) && powerOf(device)) return NOTHING;
      return hero.speed.unit || !isKnown(hero.speed) ? { ...NOTHING, ...value(hero.speed) } : word(hero.speed, wordOf(`level_${hero.speed.value}`));
    case 'cover':
      return coverGlance(hero);
    case 'vacuum':
      return word(hero.status, isKnown(hero.status) ? wordOf(String(hero.status.value)) : t('value.none'), { also: batteryWords(hero.battery) });
    case 'programme':
      return programmeGlance(hero, now);
    case 'compartments':
      return compartmentsGlance(hero);
    case 'wristband':
      return { ...NOTHING, ...value(hero.steps ?? hero.heart ?? propertiesOf(device)[0]!), unit: hero.steps ? t('card.steps') : '', also: hero.steps && isKnown(hero.heart) ? `♥ ${whole(hero.heart)}` : '' };
    case 'sense':
      return senseGlance(device, hero);
    case 'climate':
      return { ...NOTHING, ...value(hero.temperature ?? hero.humidity!), also: whole(hero.humidity) };
    case 'meter':
      return { ...NOTHING, ...value(hero.power) };
    default: {
      const first = propertiesOf(device).find((it) => FIRST.has(it.trait) && it.readable && it.kind !== 'text');
      if (!first) return NOTHING;
      return first.kind === 'enum' || first.kind === 'bool' ? word(first, whole(first) || t('value.none')) : { ...NOTHING, ...value(first) };
    }
  }
}

function targetOf(hero: Extract<Hero, { kind: 'thermostat' | 'humidistat' }>): string {
  return hero.kind === 'thermostat' ? degrees(hero.target) : whole(hero.target);
}

/** Open, closed, or how far. */
function coverGlance(hero: Extract<Hero, { kind: 'cover' }>): Glance {
  const at = isKnown(hero.position) ? hero.position : isKnown(hero.target) ? hero.target : null;
  if (!at || typeof at.value !== 'number') return word(hero.control, t('value.none'));
  if (isVertical(hero)) return { ...NOTHING, ...value(at) };
  if (at.value <= 1) return word(at, t('card.closed'));
  return at.value >= 99 ? word(at, t('card.open')) : { ...NOTHING, ...value(at) };
}

function programmeGlance(hero: Extract<Hero, { kind: 'programme' }>, now: number): Glance {
  const status = isKnown(hero.status) ? String(hero.status.value) : '';
  const stage = stageOf(status);
  const [minutes, end] = [minutesLeft(hero.left, now), endOf(hero.left)];
  if (minutes !== null && minutes > 0 && end !== null && (stage === 'running' || stage === 'paused' || stage === 'waiting')) {
    const doing = isKnown(hero.phase) && stage === 'running' ? String(hero.phase.value) : status;
    const until = stage === 'paused' ? '' : ` · ${t('card.until', { time: timeOfDay(end) })}`;
    return { ...NOTHING, of: hero.left, number: String(minutes), unit: t('card.minutes'), also: wordOf(doing) + until };
  }
  return word(hero.status, status ? wordOf(status) : t('value.none'), { alarm: stage === 'fault' });
}

function compartmentsGlance(hero: Extract<Hero, { kind: 'compartments' }>): Glance {
  const shown = hero.parts.map((part) => (isKnown(part.current) ? part.current : part.target)).filter(isKnown).slice(0, 3);
  const open = hero.parts.find((part) => isKnown(part.door) && part.door.value === true);
  if (shown.length === 0) return NOTHING;
  const also = open ? t('card.door', { what: componentLabel(open.component) }) : '';
  return { ...NOTHING, of: shown[0]!, number: shown.map((it) => degrees(it, 0)).join(' · '), also, alarm: !!open };
}

const SENSE_WORDS = {
  contact: ['card.open', 'card.closed'], occupied: ['card.nobody', 'card.somebody'], water_leak: ['card.dry', 'card.wet'], smoke: ['card.clear', 'card.smoke'],
} as const;

/** What a sensor says, as the word for what is so. */
export function senseWord(property: Property): string {
  const words = SENSE_WORDS[property.name as keyof typeof SENSE_WORDS];
  if (!isKnown(property) || typeof property.value !== 'boolean') return t('value.none');
  return words ? t(words[property.value ? 1 : 0]) : write(property, property.value, prefs.lang).whole;
}

/** Whether what a sensor says is what it is there to warn of. */
export const senseAlarm = (property: Property): boolean =>
  (property.name === 'water_leak' || property.name === 'smoke') && isKnown(property) && property.value === true;

function senseGlance(device: Device, hero: Extract<Hero, { kind: 'sense' }>): Glance {
  const of = hero.of.find(senseAlarm) ?? hero.of[0]!;
  const second = hero.of.find((it) => it !== of);
  return word(of, senseWord(of), { alarm: senseAlarm(of), also: second ? senseWord(second) : batteryWords(find(device, 'battery', 'battery')) });
}

export const batteryWords = (battery: Property | null): string => (isKnown(battery) ? t('card.battery', { percent: whole(battery) }) : '');
