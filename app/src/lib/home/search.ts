// Finding things of the home by what somebody types: devices, rooms, values, scenes and pages, by their names in both languages
// and by the first letters of pinyin. Pure.

import type { IconName } from '../icons';
import { initials } from './pinyin';

export type Sort = 'device' | 'room' | 'scene' | 'page' | 'property';

export interface Thing {
  key: string;
  sort: Sort;
  title: string;
  under: string;
  icon: IconName;
  /** Where it leads; a scene is played instead. */
  href: string;
  /** Other words by which it is found. */
  words: readonly string[];
}

/** As many as a screen holds: who wants more types on. */
export const MOST = 24;
const SORTS: readonly Sort[] = ['device', 'room', 'scene', 'page', 'property'];

/** Without case, marks over letters and the width of Chinese letters. */
export const plain = (text: string): string => text.normalize('NFKD').replace(/\p{Mark}/gu, '').toLowerCase().trim();

/** 0 begins with it, 1 a word of it begins with it, 2 holds it, 3 by first letters; null does not fit. */
function fitOf(text: string, part: string): number | null {
  if (text.startsWith(part)) return 0;
  if (new RegExp(`(^|[\\s·_./-])${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'u').test(text)) return 1;
  if (text.includes(part)) return 2;
  return /^[a-z]+$/.test(part) && initials(text).includes(part) ? 3 : null;
}

/** The things that fit every word of the question, the closest first. */
export function found(things: readonly Thing[], question: string): Thing[] {
  const parts = plain(question).split(/\s+/).filter(Boolean);
  if (parts.length === 0) return [];
  const hits: { thing: Thing; score: number }[] = [];
  for (const thing of things) {
    const texts = [thing.title, ...thing.words].map(plain);
    let score = SORTS.indexOf(thing.sort);
    const fits = parts.every((part) => {
      const best = Math.min(...texts.map((text, at) => (fitOf(text, part) ?? Infinity) * 10 + (at === 0 ? 0 : 3)));
      score += best;
      return Number.isFinite(best);
    });
    if (fits) hits.push({ thing, score });
  }
  return hits.sort((one, two) => one.score - two.score).slice(0, MOST).map(({ thing }) => thing);
}
