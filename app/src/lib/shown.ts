// What a control shows for a property: the device's own word, or a wish marked as one.

import type { Ask } from './asks.svelte';
import type { Property, Value } from './types';

export interface Shown {
  value: Value;
  /** `fact` the device's word; `asked` a wish under way; `confirmed` the device said so just now; `failed` see why. */
  state: 'fact' | 'asked' | 'confirmed' | 'failed';
}

export function shown(property: Property, ask: Ask | undefined): Shown {
  if (ask?.phase === 'asked') return { value: ask.value, state: 'asked' };
  if (ask?.phase === 'confirmed') return { value: ask.value, state: 'confirmed' };
  const value = property.quality === 'unknown' ? null : property.value;
  return { value, state: ask ? 'failed' : 'fact' };
}
