// The words that devices use for their modes, as a person reads them. A word that is missing here is made readable.

import type { Lang } from '../prefs.svelte';

const WORDS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  auto: ['Auto', '自动'],
  automatic: ['Auto', '自动'],
  smart: ['Smart', '智能'],
  manual: ['Manual', '手动'],
  none: ['None', '无'],
  idle: ['Idle', '空闲'],
  on: ['On', '开'],
  off: ['Off', '关'],
  yes: ['Yes', '是'],
  no: ['No', '否'],
  sleep: ['Sleep', '睡眠'],
  favorite: ['Favourite', '最爱'],
  favourite: ['Favourite', '最爱'],
  cool: ['Cool', '制冷'],
  dry: ['Dry', '除湿'],
  smart_dry: ['Smart dry', '智能除湿'],
  heat: ['Heat', '制热'],
  fan: ['Fan', '送风'],
  fan_only: ['Fan', '送风'],
  silent: ['Silent', '静音'],
  quiet: ['Quiet', '安静'],
  low: ['Low', '低'],
  medium: ['Medium', '中'],
  mid: ['Medium', '中'],
  high: ['High', '高'],
  full: ['Full', '满档'],
  max: ['Maximum', '最大'],
  min: ['Minimum', '最小'],
  custom: ['Custom', '自定义'],
  fixed: ['Fixed', '固定'],
  natural: ['Natural', '自然风'],
  strong: ['Strong', '强劲'],
  turbo: ['Turbo', '强劲'],
  boost: ['Boost', '强劲'],
  eco: ['Eco', '节能'],
  level_1: ['Level 1', '1 档'],
  level_2: ['Level 2', '2 档'],
  level_3: ['Level 3', '3 档'],
  level1: ['Level 1', '1 档'],
  level2: ['Level 2', '2 档'],
  level3: ['Level 3', '3 档'],
  bright: ['Bright', '亮'],
  dim: ['Dim', '暗'],
  excellent: ['Excellent', '优'],
  good: ['Good', '良'],
  fair: ['Fair', '一般'],
  moderate: ['Moderate', '中等'],
  poor: ['Poor', '差'],
  very_poor: ['Very poor', '很差'],
  vertical: ['Vertical', '上下'],
  horizontal: ['Horizontal', '左右'],
  both: ['Both', '全部'],
  cooking: ['Cooking', '烹饪'],
  keep_warm: ['Keep warm', '保温'],
};

/** `Fan only` for `fan_only`; `PM2.5` stays as it is. */
export function humanise(word: string): string {
  const spaced = word.replace(/^.*[.:](?=[a-z])/, '').replace(/[_-]+/g, ' ').trim();
  return spaced === '' ? word : spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function choiceWord(word: string, lang: Lang): string {
  const row = WORDS[word.toLowerCase().replace(/[\s-]+/g, '_')];
  if (row) return lang === 'zh' ? row[1] : row[0];
  return humanise(word);
}
