// What whoever is signed in sees of the home as a whole: what the session says. A page asks for nothing that would be refused
// (each refusal stands in the diary), and says of what it does not show that it is not shown, never that it is not there.

import { app } from './app.svelte';

/** The home itself: its mode, its rules, whose doing what is. A guest sees what their key opens and nothing besides. */
export const seesHome = (): boolean => app.session?.person?.may?.see ?? true;

/** Whether a device, a room or an automation of this home may be made or changed. */
export const configuresHome = (): boolean => app.session?.person?.may?.configure ?? true;

/** Epoch seconds from which nothing is left of what they may; null where that is at no known time. */
export const keyEnds = (): number | null => app.session?.person?.until ?? null;
