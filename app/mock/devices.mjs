// What the mock home consists of: definitions as the hub would send them. Development only.

import { everyKind, lookOnly } from './kinds.mjs';

const L = (en, zh) => ({ en, zh });

/** @param {string} path @param {string} kind */
function p(path, trait, labels, kind, value, more = {}) {
  const [name, component] = path.includes('.') ? [path.split('.').pop(), path.split('.')[0]] : [path, 'main'];
  return {
    path, component, name, trait, labels, kind, unit: '', low: null, high: null, step: null, choices: [],
    readable: true, writable: false, value, raw: value, quality: 'good', observed_at: 0, cause: null, waiting: null, ...more,
  };
}
const w = (more = {}) => ({ writable: true, ...more });

export const purifier = (over = {}) => ({
  id: 'living-purifier', name: 'Air purifier', kind: 'air_purifier', kind_labels: L('Air purifier', '空气净化器'),
  maker: 'Xiaomi', product: 'zhimi.airpurifier.mb4', family: 'miio', room: 'living-room', address: '192.168.1.31', hardware_id: '260426251',
  availability: { state: 'online', since: 0, reason: '' },
  properties: [
    p('power', 'on_off', L('Power', '开关'), 'bool', true, w()),
    p('fault', 'fault', L('Fault', '故障'), 'text', 'No faults'),
    p('mode', 'mode', L('Mode', '模式'), 'enum', 'auto', w({ choices: ['auto', 'sleep', 'favorite'] })),
    p('fan_level', 'fan', L('Fan level', '风量档位'), 'int', 8, w({ low: 0, high: 14, step: 1 })),
    p('fan_rpm', 'fan', L('Motor speed', '电机转速'), 'int', 640, { unit: '/min' }),
    p('pm2_5', 'air_quality', L('PM2.5', 'PM2.5'), 'int', 18, { unit: 'ug/m3', low: 0, high: 600 }),
    p('filter_life', 'filter', L('Filter life', '滤芯剩余'), 'int', 63, { unit: '%', low: 0, high: 100 }),
    p('filter_used_time', 'filter', L('Filter used', '滤芯已用'), 'int', 1284, { unit: 'h', low: 0 }),
    p('buzzer', 'sound', L('Buzzer', '提示音'), 'bool', false, w()),
    p('child_lock', 'child_lock', L('Child lock', '童锁'), 'bool', false, w()),
    p('brightness', 'indicator', L('Display brightness', '屏幕亮度'), 'int', 2, w({ low: 0, high: 2, step: 1 })),
    p('motor_a_speed', 'vendor', L('Motor A speed', ''), 'int', 642, { unit: '/min' }),
    p('purify_volume', 'vendor', {}, 'int', 10422, {}),
    p('country_code', 'vendor', L('Country code', ''), 'enum', 'cn', { choices: ['cn', 'eu', 'us'] }),
    p('aqi_updata_heartbeat', 'vendor', {}, 'int', null, w({ low: 0, high: 65534, step: 1, quality: 'unknown', raw: 'zz' })),
  ],
  actions: [{ path: 'reset_filter', trait: 'filter', labels: L('Filter changed', '重置滤芯'), arguments: [] }],
  ...over,
});

export const conditioner = (over = {}) => ({
  id: 'bedroom-ac', name: 'Air conditioner', kind: 'room_air_conditioner', kind_labels: L('Air conditioner', '空调'),
  maker: 'Midea', product: 'midea.ac.split', family: 'midea', room: 'bedroom',
  availability: { state: 'online', since: 0, reason: '' },
  properties: [
    p('power', 'on_off', L('Power', '开关'), 'bool', true, w()),
    p('mode', 'mode', L('Mode', '模式'), 'enum', 'cool', w({ choices: ['auto', 'cool', 'dry', 'heat', 'fan'] })),
    p('target_temperature', 'thermostat', L('Set point', '目标温度'), 'float', 26, w({ unit: 'Cel', low: 16, high: 30, step: 0.5 })),
    p('fan_mode', 'fan', L('Fan', '风速'), 'enum', 'auto', w({ choices: ['auto', 'silent', 'low', 'medium', 'high', 'full'] })),
    p('swing_vertical', 'swing', L('Vertical swing', '上下摆风'), 'bool', true, w()),
    p('swing_horizontal', 'swing', L('Horizontal swing', '左右摆风'), 'bool', false, w()),
    p('eco', 'comfort_mode', L('Eco', '节能'), 'bool', false, w()),
    p('turbo', 'comfort_mode', L('Turbo', '强劲'), 'bool', false, w()),
    p('sleep', 'comfort_mode', L('Sleep', '睡眠'), 'bool', false, w()),
    p('display', 'indicator', L('Display', '屏显'), 'bool', true, w()),
    p('temperature', 'temperature', L('Temperature', '温度'), 'float', 27.4, { unit: 'Cel' }),
    p('outdoor_temperature', 'temperature', L('Outdoor temperature', '室外温度'), 'float', 31.5, { unit: 'Cel' }),
    p('humidity', 'humidity', L('Humidity', '湿度'), 'float', 54, { unit: '%', low: 0, high: 100 }),
    p('electric_power', 'energy', L('Power draw', '功率'), 'float', 742, { unit: 'W', low: 0 }),
    p('energy', 'energy', L('Energy used', '用电量'), 'float', 318.42, { unit: 'kW.h', low: 0 }),
    p('filter_alert', 'filter', L('Clean the filter', '清洗滤网'), 'bool', false),
  ],
  actions: [{ path: 'toggle', trait: 'on_off', labels: L('Toggle', '切换'), arguments: [] }],
  ...over,
});

export const strip = (over = {}) => ({
  id: 'kitchen-fridge', name: 'ثلاجة المطبخ الكبيرة', kind: 'refrigerator', kind_labels: L('Refrigerator', '冰箱'),
  maker: 'Haier', product: 'haier.fridge.v1', family: 'miio', room: 'kitchen',
  availability: { state: 'online', since: 0, reason: '' },
  properties: [
    p('fridge.target_temperature', 'thermostat', L('Set point', '目标温度'), 'int', 4, w({ unit: 'Cel', low: 2, high: 8, step: 1 })),
    p('fridge.temperature', 'temperature', L('Temperature', '温度'), 'float', 4.2, { unit: 'Cel' }),
    p('freezer.target_temperature', 'thermostat', L('Set point', '目标温度'), 'int', -18, w({ unit: 'Cel', low: -24, high: -16, step: 1 })),
    p('freezer.temperature', 'temperature', L('Temperature', '温度'), 'float', -17.5, { unit: 'Cel', quality: 'stale' }),
    p('note', 'vendor', L('Note on the door', '门上留言'), 'text', 'Milk & <b>eggs</b>', w()),
  ],
  actions: [
    { path: 'vacation', trait: 'vendor', labels: L('Holiday mode', '假日模式'), arguments: [
      p('days', 'vendor', L('Days', '天数'), 'int', 7, w({ unit: 'd', low: 1, high: 60, step: 1 }))] },
  ],
  ...over,
});

export const plug = (over = {}) => ({
  id: 'hall-plug', name: 'A very long name that somebody gave to the lamp behind the sofa in the hall', kind: 'generic',
  kind_labels: L('Appliance', '电器'), maker: 'Gosund', product: 'cuco.plug.cp1', family: 'miio', room: '',
  availability: { state: 'online', since: 0, reason: '' },
  properties: [
    p('power', 'on_off', L('Power', '开关'), 'bool', false, w()),
    p('electric_power', 'energy', L('Power draw', '功率'), 'float', 0, { unit: 'W', low: 0 }),
  ],
  actions: [],
  ...over,
});

export const ROOMS = [
  { id: 'living-room', name: 'Living room' },
  { id: 'bedroom', name: 'Bedroom' },
];

const KIND_ROOMS = [
  ['living-room', 'Living room', '客厅'], ['bedroom', 'Bedroom', '卧室'], ['kitchen', 'Kitchen', '厨房'], ['bath', 'Bathroom', '卫生间'], ['study', 'Study', '书房'], ['hall', 'Hall', '门厅'], ['balcony', 'Balcony', '阳台'],
].map(([id, en, zh]) => ({ id, name: en, names: L(en, zh) }));

export function scenario(name) {
  if (name === 'empty') return { rooms: ROOMS, devices: [] };
  const basic = [purifier(), conditioner()];
  if (name === 'kinds' || name === 'child') {
    const all = [...basic, ...everyKind()];
    return { rooms: KIND_ROOMS, devices: name === 'child' ? all.map((it) => (['heater', 'oven', 'thermostat', 'curtain', 'vacuum', 'cooker', 'fridge'].includes(it.id) ? lookOnly(it) : { ...it, may: ['see', 'operate'] })) : all };
  }
  if (name !== 'rich') return { rooms: ROOMS, devices: basic };
  return {
    rooms: [...ROOMS, { id: 'kitchen', name: 'Kitchen' }, { id: 'study', name: '书房' }],
    devices: [
      ...basic, strip(), plug(),
      conditioner({ id: 'living-ac', name: '客厅空调', room: 'living-room' }),
      purifier({ id: 'study-purifier', name: 'Study purifier', room: 'study', availability: {
        state: 'locked_out', since: 0, reason: 'It does not accept our token: reset it in the Mi Home app and give Jiahe the new token.' } }),
      conditioner({ id: 'study-ac', name: 'Study AC', room: 'study', availability: {
        state: 'offline', since: 0, reason: 'No answer from 192.168.1.23 for two minutes: is it plugged in?' } }),
      purifier({ id: 'bedroom-purifier', name: '卧室净化器', room: 'bedroom' }),
    ],
  };
}
