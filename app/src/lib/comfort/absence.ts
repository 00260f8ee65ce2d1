// What comfort goes by where it takes the home for empty, beside the home's mode. Owns that sentence; asks nobody.

import { moment } from '../ages';
import type { Mode } from '../home/api';
import { t } from '../i18n/index.svelte';
import type { Comfort } from './types';

/** Modes in which nobody is home, as comfort has them (comfort/director.py). */
const AWAY: ReadonlySet<Mode> = new Set(['away', 'holiday']);

/** Empty where there is nothing to say: also while the one was told anew and the other not yet. `now` in epoch seconds. */
export function absenceWords(absence: Comfort['absence'], mode: Mode | null, now: number): string {
  if (!absence || absence.by === '' || mode === null || AWAY.has(mode) !== (absence.by === 'mode')) return '';
  const word = t(`mode.${mode}`);
  if (absence.by === 'mode') return t('comfort.absence.mode', { mode: word });
  return t(`comfort.absence.${absence.by}`, { mode: word, since: moment(absence.since ?? 0, now) });
}
