// The kinds and traits that a key can name, and what is opened only by its name; tests/permission holds it against the hub's own
// tables. Owns these lists; never a word of them (words/keys.ts) nor a decision (the hub decides).

/** What can burn or let somebody in: operated only where the key names the device or its kind. */
export const HAZARDS: ReadonlySet<string> = new Set([
  'door_lock', 'garage_door', 'gas_valve', 'oven', 'cook_surface', 'heater', 'bath_heater', 'electric_blanket',
]);
/** What tells of a body: seen only where the key names the device. A kind and a trait. */
export const PRIVATE = 'wristband';
/** Operated only where the key names the device. */
export const GUARDED: ReadonlySet<string> = new Set(['child_lock', 'camera']);

/** Every trait, as a page groups them: what is measured, what is done, and what the device tells of itself. */
export const TRAITS = {
  told: ['temperature', 'humidity', 'air_quality', 'light_sensor', 'presence', 'contact', 'smoke', 'water_leak', 'water_quality', 'wristband'],
  done: [
    'on_off', 'mode', 'operation', 'timer', 'thermostat', 'humidistat', 'fan', 'swing', 'comfort_mode', 'light', 'cover', 'cleaning', 'cooking',
    'washing', 'anion', 'sterilize', 'sound', 'indicator', 'child_lock', 'camera', 'identify',
  ],
  own: ['battery', 'energy', 'filter', 'consumable', 'water_tank', 'fault', 'diagnostics', 'vendor'],
} as const;
export type TraitGroup = keyof typeof TRAITS;
export type Trait = (typeof TRAITS)[TraitGroup][number];

const ALL: ReadonlySet<string> = new Set(Object.values(TRAITS).flat());
export const isTrait = (name: string): name is Trait => ALL.has(name);
