// What things of the home are called: labels from the hub, with the part's name where a device has several.

import { label, t } from './i18n/index.svelte';
import { choiceWord, humanise } from './i18n/choices';
import { prefs } from './prefs.svelte';
import type { Device } from './home.svelte';
import type { Action, Definition, Room } from './types';

/** Parts of devices, as product files and published specs name them. A number at the end stays: `outlet_2`, `插孔 2`. */
const COMPONENTS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  fridge: ['Fridge', '冷藏室'],
  freezer: ['Freezer', '冷冻室'],
  flex_zone: ['Flex zone', '变温室'],
  left: ['Left', '左'],
  right: ['Right', '右'],
  outlet: ['Outlet', '插孔'],
  usb: ['USB', 'USB'],
  switch: ['Switch', '开关'],
  light: ['Light', '灯'],
  ambient_light: ['Ambient light', '氛围灯'],
  indicator_light: ['Indicator light', '指示灯'],
  fan: ['Fan', '风扇'],
  ceiling_fan: ['Ceiling fan', '吊扇'],
  yl_fan: ['Fan', '风扇'],
  heater: ['Heater', '加热'],
  humidifier: ['Humidifier', '加湿'],
  side_brush: ['Side brush', '边刷'],
  brush_cleaner: ['Brush', '主刷'],
  filter: ['Filter', '滤芯'],
  left_filter: ['Left filter', '左滤芯'],
  right_filter: ['Right filter', '右滤芯'],
  high_efficiency_filter: ['Fine filter', '高效滤芯'],
  speaker: ['Speaker', '扬声器'],
  microphone: ['Microphone', '麦克风'],
  motor_controller: ['Motor', '电机'],
  presence: ['Presence', '存在感应'],
  thermostat: ['Thermostat', '温控'],
  diffuser: ['Diffuser', '香薰'],
  oven: ['Oven', '烤箱'],
  upper: ['Upper', '上'],
  lower: ['Lower', '下'],
  setting: ['Settings', '设置'],
  device_setting: ['Settings', '设置'],
};

export function componentLabel(component: string): string {
  const [, base = component, number = ''] = /^(.*?)(?:_(\d+))?$/.exec(component) ?? [];
  const row = COMPONENTS[base];
  const word = row ? row[prefs.lang === 'zh' ? 1 : 0] : humanise(base);
  return number ? `${word} ${number}` : word;
}

export function propertyLabel(def: Pick<Definition, 'labels' | 'name' | 'component'>): string {
  const own = label(def.labels, def.name);
  if (def.component === 'main') return own;
  // The switch of an outlet is the outlet.
  return def.name === 'power' ? componentLabel(def.component) : `${componentLabel(def.component)} · ${own}`;
}

export function actionLabel(action: Pick<Action, 'labels' | 'path'>): string {
  return label(action.labels, action.path);
}

/** The name that every home begins with is ours, and so in the reader's language. */
const FIRST_NAME = 'Home';
export const homeLabel = (name: string): string => (name && name !== FIRST_NAME ? name : t('home.first'));

export const kindLabel = (device: Device): string => label(device.kind_labels, device.kind);

export function roomLabel(rooms: readonly Room[], id: string): string {
  return rooms.find((room) => room.id === id)?.name ?? t('room.none');
}

export const wordOf = (choice: string): string => choiceWord(choice, prefs.lang);
