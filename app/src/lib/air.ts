// What a PM2.5 value means now. Source of the bands: GB 3095-2026 / HJ 633-2026, China's air quality index in force since
// 2026-03-01, where 35, 60, 115, 150 and 250 µg/m³ (daily mean) are the bounds of its classes (before it, good ended at 75). The hub
// has the dated tables (comfort/aqi.py); this is for what is shown of this moment.

export type Band = 'excellent' | 'good' | 'light' | 'moderate' | 'heavy' | 'severe';

export const BANDS: readonly { band: Band; upTo: number }[] = [
  { band: 'excellent', upTo: 35 },
  { band: 'good', upTo: 60 },
  { band: 'light', upTo: 115 },
  { band: 'moderate', upTo: 150 },
  { band: 'heavy', upTo: 250 },
  { band: 'severe', upTo: Infinity },
];

export function bandOf(pm25: number): Band {
  return BANDS.find((row) => pm25 <= row.upTo)?.band ?? 'severe';
}

/** Where a value stands on a scale of six equal bands, 0..1; the last band ends at 500, where the index ends. */
export function placeOnScale(pm25: number): number {
  let from = 0;
  for (const [index, row] of BANDS.entries()) {
    const to = Number.isFinite(row.upTo) ? row.upTo : 500;
    if (pm25 <= to) return (index + Math.max(0, pm25 - from) / (to - from)) / BANDS.length;
    from = to;
  }
  return 1;
}
