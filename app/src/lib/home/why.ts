// From an event of the diary to the question why. Owns which events can be asked about; the sheet has the answer.

import type { Component } from 'svelte';
import type { Entry } from '../diary';

export type Question = { device: string; property: string; at: number } | { rule: string; at: number };

type Sheet = Component<Question & { onclose: () => void }>;
export const sheets = Object.values(import.meta.glob<{ default: Sheet }>('../../components/rules/WhySheet.svelte'));
export const canAsk = sheets.length > 0;

/** A command's own end is part of its why: the question is of a moment after it, also where the page's clock is not there yet. */
const AFTER_S = 2;

export function whyOf(entry: Entry, device: string): Question | null {
  const at = entry.at + AFTER_S;
  if ((entry.kind === 'command' || entry.kind === 'update') && entry.property && device) return { device, property: entry.property, at };
  if (entry.kind === 'note' && entry.group === 'rule' && entry.who.kind === 'rule' && entry.who.source) return { rule: entry.who.source, at };
  return null;
}
