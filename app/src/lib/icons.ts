// Our own icons: one stroke, round ends, a 24 grid; and which icon stands for which kind, property and word.

const ring = (r: number, x = 12, y = 12): string => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0`;
const box = (x: number, y: number, w: number, h: number, r: number): string =>
  `M${x + r} ${y}h${w - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${h - 2 * r}a${r} ${r} 0 0 1-${r} ${r}h-${w - 2 * r}a${r} ${r} 0 0 1-${r}-${r}v-${h - 2 * r}a${r} ${r} 0 0 1 ${r}-${r}`;

export const ICONS = {
  power: 'M12 3.5v8M7.6 6.4a7.2 7.2 0 1 0 8.8 0',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  down: 'M6 9.5l6 6 6-6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  alert: 'M12 4.5l9 15H3ZM12 10v4.2M12 16.9v.1',
  home: 'M3.5 11.2L12 4l8.5 7.2M6 9.4V19.5h12V9.4',
  globe: `${ring(8.5)}M3.5 12h17M12 3.5c3.4 3.6 3.4 13.4 0 17c-3.4-3.6-3.4-13.4 0-17`,
  sun: `${ring(3.8)}M12 3v1.6M12 19.4V21M3 12h1.6M19.4 12H21M5.6 5.6l1.2 1.2M17.2 17.2l1.2 1.2M5.6 18.4l1.2-1.2M17.2 6.8l1.2-1.2`,
  moon: 'M19.8 14.4A8.2 8.2 0 1 1 9.6 4.2a6.6 6.6 0 0 0 10.2 10.2Z',
  half: ring(8.5),
  offline: 'M4 4l16 16M4.5 12.6a10.6 10.6 0 0 1 4.2-2.7M14.2 9.6a10.6 10.6 0 0 1 5.3 3M8.3 16.2a5.3 5.3 0 0 1 6-1M12 19.4v.1',
  lock: `${box(5, 11, 14, 9.5, 2.5)}M8 11V8a4 4 0 0 1 8 0v3`,
  sliders: `M4 8h8.6M17.4 8H20M4 16h2.6M11.4 16H20${ring(2.4, 15, 8)}${ring(2.4, 9, 16)}`,
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l.9 12.5h8.2L17 7',
  out: 'M13.5 4.5H6v15h7.5M10.5 12H20M16.5 8.5L20 12l-3.5 3.5',
  thermometer: 'M9.8 13.8V6.2a2.2 2.2 0 0 1 4.4 0v7.6a4 4 0 1 1-4.4 0ZM12 17v-6',
  drop: 'M12 3.8c3.8 4.6 6 7.4 6 10.4a6 6 0 0 1-12 0c0-3 2.2-5.8 6-10.4Z',
  leaf: 'M5 19.5c-1-9.5 4.5-14 14.5-14.5c.5 9-4 14-9.5 14c-2 0-3.5-1-4-2M5 19.5c1.8-4.2 4.5-7 8.5-9',
  bolt: 'M13 3L5.8 13.5h5.2L10.5 21L18 10.5h-5.5Z',
  vertical: 'M12 4v16M8 7.8L12 4l4 3.8M8 16.2L12 20l4-3.8',
  horizontal: 'M4 12h16M7.8 8L4 12l3.8 4M16.2 8L20 12l-3.8 4',
  wind: 'M3.5 9h10.2a2.7 2.7 0 1 0-2.7-2.7M3.5 13h14.2a2.7 2.7 0 1 1-2.7 2.7M3.5 17h6.3a2 2 0 1 1-2 2',
  snow: 'M12 3.5v17M4.6 7.8l14.8 8.4M19.4 7.8L4.6 16.2M9.5 5l2.5 2l2.5-2M9.5 19l2.5-2l2.5 2',
  flame: 'M12.5 3.5c.5 4 5.5 5.5 5.5 11a6 6 0 0 1-12 0c0-3 2-4.2 2.5-6.7c1.5.8 2.3 1.9 2.5 3.2c1.5-2 2-4.7 1.5-7.5Z',
  filter: `${box(4.5, 5, 15, 14, 2.5)}M9.5 5v14M14.5 5v14`,
  bell: 'M6 17h12l-1.6-2.6V10a4.4 4.4 0 0 0-8.8 0v4.4ZM10.5 20h3',
  display: `${box(3.5, 5, 17, 11.5, 2.5)}M9 20h6`,
  clock: `${ring(8.5)}M12 7.2V12.3l3.3 2`,
  eye: `M2.8 12S6 5.8 12 5.8S21.2 12 21.2 12S18 18.2 12 18.2S2.8 12 2.8 12${ring(2.8)}`,
  search: `${ring(6.5, 11, 11)}M16 16l4.5 4.5`,
  person: `${ring(3.8, 12, 8.2)}M4.8 20c.6-4 3.4-6 7.2-6s6.6 2 7.2 6`,
  key: `${ring(4, 8, 15.5)}M11 12.6L19 4.5M15.8 7.8l2.7 2.7`,
  spark: 'M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8ZM18.5 17v3M17 18.5h3',
  auto: `${ring(8.5)}M8.7 16L12 7.8L15.3 16M9.9 13.2h4.2`,
  heart: 'M12 19.5C6 15.5 3.8 12.6 3.8 9.5a4.2 4.2 0 0 1 8.2-1.5a4.2 4.2 0 0 1 8.2 1.5c0 3.1-2.2 6-8.2 10Z',
  purifier: `${box(6, 3, 12, 18, 3)}${ring(3, 12, 14.5)}M9.5 7h5`,
  conditioner: `${box(3, 5, 18, 8.5, 2.5)}M6.5 10.2h11M8 17v1.5M12 17v3M16 17v1.5`,
  fridge: `${box(6, 3, 12, 18, 2.5)}M6 10h12M9.5 6v1.5M9.5 13v3`,
  cooker: 'M5 11h14v5.5a3.5 3.5 0 0 1-3.5 3.5h-7A3.5 3.5 0 0 1 5 16.5ZM4 11c.5-3.5 3.5-5.5 8-5.5s7.5 2 8 5.5M12 5.5V3.8',
  band: `${box(8, 7, 8, 10, 2.5)}M9.5 7l.6-4h3.8l.6 4M9.5 17l.6 4h3.8l.6-4`,
  dial: `${ring(8.5)}M12 12l3.6-3.6M12 16.5v.1`,
  plug: 'M9 3.5v4.5M15 3.5v4.5M6 8h12v3a6 6 0 0 1-12 0ZM12 17v3.5',
  sensor: `${ring(2.6)}M7 7a7.2 7.2 0 0 0 0 10M17 7a7.2 7.2 0 0 1 0 10`,
} as const;

/** The dark half of `half`; the only filled shape. */
export const HALF = 'M12 3.5a8.5 8.5 0 0 1 0 17Z';

export type IconName = keyof typeof ICONS;

const KINDS: Readonly<Record<string, IconName>> = {
  air_purifier: 'purifier',
  room_air_conditioner: 'conditioner',
  refrigerator: 'fridge',
  rice_cooker: 'cooker',
  oven: 'cooker',
  wristband: 'band',
  thermostat: 'dial',
  air_quality_sensor: 'sensor',
  temperature_sensor: 'thermometer',
  fan: 'wind',
};

/** By property name first, then by trait. */
const PROPERTIES: Readonly<Record<string, IconName>> = {
  power: 'power',
  swing_vertical: 'vertical',
  swing_horizontal: 'horizontal',
  eco: 'leaf',
  turbo: 'bolt',
  sleep: 'moon',
  dryer: 'drop',
  frost_protection: 'snow',
  auxiliary_heat: 'flame',
  display: 'display',
  on_off: 'power',
  child_lock: 'lock',
  sound: 'bell',
  indicator: 'display',
  anion: 'spark',
  temperature: 'thermometer',
  humidity: 'drop',
  air_quality: 'wind',
  filter: 'filter',
  energy: 'bolt',
  fan: 'wind',
  fault: 'alert',
};

const WORDS: Readonly<Record<string, IconName>> = {
  auto: 'auto',
  cool: 'snow',
  dry: 'drop',
  heat: 'flame',
  fan: 'wind',
  fan_only: 'wind',
  sleep: 'moon',
  favorite: 'heart',
  favourite: 'heart',
  eco: 'leaf',
};

export const iconOfKind = (kind: string): IconName => KINDS[kind] ?? 'plug';
export const iconOfProperty = (name: string, trait: string): IconName => PROPERTIES[name] ?? PROPERTIES[trait] ?? 'spark';
/** Only where every choice has its picture do pictures help. */
export function iconsOfWords(words: readonly string[]): IconName[] | null {
  const icons = words.flatMap((word) => WORDS[word] ?? []);
  return icons.length === words.length ? icons : null;
}
