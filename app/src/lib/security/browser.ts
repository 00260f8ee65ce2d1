// What a browser and its machine are called, from its User-Agent. Pure; a guess for people, never for a decision.

const MACHINES: readonly [RegExp, string][] = [
  [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/HarmonyOS|OpenHarmony/, 'HarmonyOS'], [/Android/, 'Android'],
  [/CrOS/, 'Chromebook'], [/Macintosh/, 'Mac'], [/Windows/, 'Windows'], [/Linux|X11/, 'Linux'],
];
const BROWSERS: readonly [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'], [/MiuiBrowser/, 'Mi Browser'], [/HuaweiBrowser/, 'Huawei Browser'], [/SamsungBrowser/, 'Samsung Internet'],
  [/EdgA?\/|EdgiOS/, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\/|FxiOS/, 'Firefox'], [/Chrome\/|CriOS/, 'Chrome'], [/Safari\//, 'Safari'],
];

const first = (table: readonly [RegExp, string][], label: string): string => table.find(([mark]) => mark.test(label))?.[1] ?? '';

/** `Chrome · Android`; the text itself, cut, where nothing in it is known; empty where there is none. */
export function browserName(label: string): string {
  const known = [first(BROWSERS, label), first(MACHINES, label)].filter(Boolean).join(' · ');
  return known || label.slice(0, 60);
}
