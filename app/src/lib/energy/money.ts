// Money and the price of a kWh as this reader writes them. Pure but for the reader's language.

import { prefs } from '../prefs.svelte';

const place = (): string => (prefs.lang === 'zh' ? 'zh-CN' : 'en-GB');

function written(value: number, currency: string, low: number, high: number): string {
  try {
    return new Intl.NumberFormat(place(), { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: low, maximumFractionDigits: high }).format(value);
  } catch {
    return `${value.toFixed(low)} ${currency}`; // three letters that are no currency yet
  }
}

export const money = (value: number, currency: string): string => written(value, currency, 2, 2);
/** Of a kWh: a tenth of a cent counts. */
export const price = (value: number, currency: string): string => written(value, currency, 2, 4);
