// Who is offered to change rules and scenes: what the hub says, and yes where it says nothing. The hub decides anyway.

import { app } from '../app.svelte';

export function mayConfigure(may?: readonly string[]): boolean {
  if (may) return may.includes('configure');
  return app.session?.person?.may?.configure ?? true;
}

export function mayOperate(may?: readonly string[]): boolean {
  if (may) return may.includes('operate') || may.includes('play');
  return app.session?.person?.may?.operate ?? true;
}
