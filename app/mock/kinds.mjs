// A device of every kind that the vocabulary knows, with what real products of it have. Development only.

import { DEEDS, KINDS, WORDS } from './words.mjs';

const L = (en, zh) => ({ en, zh });

function property(path, value, more = {}) {
  const cut = path.lastIndexOf('.');
  const [component, name] = cut < 0 ? ['main', path] : [path.slice(0, cut), path.slice(cut + 1)];
  const [trait, kind, unit, low, high, writable, en, zh] = WORDS[name] ?? ['vendor', typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'int' : 'text', '', null, null, false, '', ''];
  const choices = more.choices ?? [];
  return {
    path, component, name, trait, labels: en ? L(en, zh) : {}, kind: choices.length > 0 ? 'enum' : kind, unit, low, high, step: kind === 'int' ? 1 : null, choices,
    readable: true, writable, value, raw: value, quality: value === null ? 'unknown' : 'good', observed_at: 0, cause: null, waiting: null, ...more,
  };
}
const choose = (...choices) => ({ choices, writable: true });
const tells = (...choices) => ({ choices, writable: false });
const from = (low, high, step = 1, more = {}) => ({ low, high, step, writable: true, ...more });

function action(path, args = []) {
  const [trait, en, zh] = DEEDS[path] ?? ['vendor', '', ''];
  return { path, trait, labels: en ? L(en, zh) : {}, arguments: args.map((it) => property(...it)) };
}

/** @param {string} id @param {string} kind @param {string} room @param {unknown[][]} rows @param {unknown[]} actions */
function device(id, kind, room, rows, actions = [], more = {}) {
  const [en, zh] = KINDS[kind];
  return {
    id, name: en, names: L(en, zh), kind, kind_labels: L(en, zh), maker: 'Acme', product: `acme.${kind}.v1`, family: 'miio', room, address: '192.168.1.77', hardware_id: id,
    availability: { state: 'online', since: 0, reason: '' }, properties: rows.map((row) => property(...row)), actions: actions.map((it) => (Array.isArray(it) ? action(...it) : action(it))), ...more,
  };
}

const RICE = ['fine_rice', 'fast_rice', 'standard_rice', 'congee', 'stew_soup', 'cake', 'yoghurt', 'eight_treasure_congee'];
const DISHES = ['auto', 'intensive', 'normal', 'eco', 'glass', 'one_hour', 'fast', 'soak', 'self_clean'];

/** Every kind once. `minutes` of programmes are from now. */
export const everyKind = () => [
  device('dehumidifier', 'dehumidifier', 'bath', [['power', true], ['mode', 'target', choose('target', 'continuous', 'auto', 'clothes', 'shoes')], ['fan_mode', 'low', choose('silent', 'low', 'medium', 'high', 'auto')],
    ['target_humidity', 50, from(35, 85, 5)], ['humidity', 64], ['temperature', 26.4], ['tank_full', true], ['child_lock', false], ['anion', true]]),
  device('humidifier', 'humidifier', 'bedroom', [['power', true], ['mode', 'silent', choose('silent', 'medium', 'high')], ['target_humidity', 55, from(30, 80, 10)], ['humidity', 47], ['temperature', 24.1], ['water_level', 62], ['buzzer', false]]),
  device('fan', 'fan', 'living-room', [['power', true], ['fan_percent', 35, from(1, 100)], ['mode', 'natural_wind', choose('straight_wind', 'natural_wind', 'sleep')], ['swing_horizontal', true], ['swing_angle', 90, from(30, 140, 30)], ['off_delay', 45, from(0, 480)], ['child_lock', false]], ['toggle']),
  device('heater', 'heater', 'study', [['power', true], ['target_temperature', 22, from(18, 28)], ['temperature', 19.8], ['mode', 'heat', choose('auto', 'low', 'max', 'heat')], ['child_lock', true], ['off_delay', 0, from(0, 12)]]),
  device('bath-heater', 'bath_heater', 'bath', [['mode', 'ventilate', choose('idle', 'heat', 'ventilate', 'dry', 'fan')], ['temperature', 27], ['humidity', 71], ['light.power', true], ['light.light_level', 80, from(1, 100)], ['light.color_temperature', 4000, from(2700, 6500)]], ['stop']),
  device('blanket', 'electric_blanket', 'bedroom', [['power', false], ['target_temperature', 32, from(20, 45)], ['temperature', 24], ['mode', 'manual', choose('manual', 'sleep')], ['off_delay', 480, from(0, 1440)]]),
  device('fresh-air', 'fresh_air', 'living-room', [['power', true], ['mode', 'auto', choose('auto', 'favorite', 'sleep')], ['co2', 742], ['pm2_5', 9], ['temperature', 23.8], ['filter_life', 71], ['high_efficiency_filter.filter_life', 6], ['auxiliary_heat', false]], ['reset_filter']),
  device('diffuser', 'diffuser', 'bedroom', [['power', true], ['ambient_light.power', true], ['ambient_light.light_level', 40, from(1, 100)], ['ambient_light.color', 0x9a4dff, { step: 1 }], ['battery', 12], ['charging', 'not_charging', tells('charging', 'not_charging')]]),
  device('thermostat', 'thermostat', 'living-room', [['power', true], ['mode', 'heat', choose('auto', 'cool', 'heat')], ['target_temperature', 21.5, from(5, 35, 0.5)], ['temperature', 20.6], ['humidity', 51], ['child_lock', false]]),
  device('lamp', 'light', 'bedroom', [['power', true], ['light_level', 60, from(1, 100)], ['color_temperature', 3200, from(2700, 6500)], ['color', 0xff9500, { step: 1 }], ['mode', 'reading', choose('day', 'night', 'color', 'warmth', 'tv', 'reading')]], ['toggle', 'brighter', 'dimmer']),
  device('strip-light', 'light', 'study', [['power', false], ['light_level', 20, from(1, 100)]], ['toggle']),
  device('outlet', 'outlet', 'kitchen', [['power', true], ['electric_power', 1840], ['energy', 71.25], ['voltage', 229.4], ['current', 8.02], ['internal_temperature', 41]]),
  device('strip', 'outlet', 'study', [['outlet_1.power', true], ['outlet_2.power', false], ['outlet_3.power', true], ['usb.power', true], ['electric_power', 64.2]], [], { name: 'Power strip', names: L('Power strip', '插线板') }),
  device('switch', 'wall_switch', 'living-room', [['power', true], ['switch_2.power', false]]),
  device('curtain', 'window_covering', 'living-room', [['cover_control', 'pause', choose('pause', 'open', 'close')], ['position', 70], ['target_position', 70, from(0, 100)], ['status', 'stopped', tells('stopped', 'opening', 'closing')]], ['identify']),
  device('airer', 'airer', 'balcony', [['cover_control', 'pause', choose('pause', 'up', 'down')], ['position', 100], ['light.power', false]]),
  device('vacuum', 'robot_vacuum', 'living-room', [['status', 'sweeping', tells('sweeping', 'idle', 'paused', 'error', 'go_charging', 'charging', 'mopping')], ['mode', 'basic', choose('silent', 'basic', 'strong', 'full_speed')], ['mop_water', 'medium', choose('low', 'medium', 'high')], ['battery', 78],
    ['charging', 'not_charging', tells('charging', 'not_charging')], ['cleaning_time', 24], ['cleaning_area', 31], ['brush_life', 44], ['side_brush.brush_life', 8], ['filter_life', 52], ['volume', 60, from(0, 100)], ['do_not_disturb', true]], ['start_cleaning', 'stop_cleaning', 'dock', 'identify', 'reset_brush']),
  device('fridge', 'refrigerator', 'kitchen', [['fridge.target_temperature', 4, from(1, 9)], ['fridge.temperature', 4.2], ['fridge.door_open', true], ['freezer.target_temperature', -18, from(-27, -12)], ['freezer.temperature', -17.5], ['freezer.door_open', false], ['flex_zone.target_temperature', 0, from(-24, 10)], ['flex_zone.temperature', 0.5], ['eco', true]]),
  device('oven', 'oven', 'kitchen', [['status', 'working', tells('off', 'idle', 'working', 'finished', 'delayed', 'paused')], ['temperature', 176], ['remaining_time', 18], ['door_open', false]]),
  device('microwave', 'microwave_oven', 'kitchen', [['status', 'finished', tells('idle', 'working', 'finished', 'paused')], ['programme', 'defrost', tells('microwave', 'grill', 'defrost')], ['remaining_time', 0], ['door_open', true]], [['start', [['cook_time', 60, from(5, 1800)], ['fire', 'high', { choices: ['low', 'medium', 'high'], writable: true }]]], 'pause', 'resume', 'stop']),
  device('hob', 'cook_surface', 'kitchen', [['power', false], ['cook_time', 0, from(0, 180)]]),
  device('hood', 'extractor_hood', 'kitchen', [['power', true], ['fan_level', 2, from(0, 3)], ['light.power', true]]),
  device('cooker', 'rice_cooker', 'kitchen', [['status', 'cooking', tells('idle', 'cooking', 'delayed', 'keeping_warm')], ['programme', 'fine_rice', tells(...RICE)], ['remaining_time', 23], ['keep_warm', true, { writable: true }]], [['start', [['programme', 'fine_rice', { choices: RICE, writable: true }], ['cook_time', 45, from(10, 240)]]], 'stop']),
  device('pressure', 'pressure_cooker', 'kitchen', [['status', 'idle', tells('idle', 'busy', 'keep_warm')], ['remaining_time', 0]], ['stop']),
  device('fryer', 'air_fryer', 'kitchen', [['status', 'cooking', tells('shutdown', 'standby', 'pause', 'cooking', 'preheat', 'cooked')], ['target_temperature', 180, from(40, 200)], ['cook_time', 20, from(1, 1440)], ['remaining_time', 11], ['preheat', true]], ['start', 'pause', 'resume', 'stop']),
  device('kettle', 'kettle', 'kitchen', [['water_temperature', 71], ['target_temperature', 85, from(40, 90)], ['mode', 'warm_water', tells('common', 'warm_water', 'boiled_water')], ['tds', 38]]),
  device('coffee', 'coffee_machine', 'kitchen', [['power', true], ['status', 'preheating', tells('off', 'idle', 'preheating', 'busy', 'error')]]),
  device('dishwasher', 'dishwasher', 'kitchen', [['power', true], ['status', 'running', tells('off', 'idle', 'delayed', 'running', 'error')], ['programme', 'eco', tells(...DISHES)], ['phase', 'rinse', tells('pre_wash', 'wash', 'rinse', 'dry')], ['remaining_time', 96], ['door_open', false], ['rinse_aid_low', true], ['salt_low', false], ['child_lock', false]], [['start', [['programme', 'eco', { choices: DISHES, writable: true }]]], 'pause', 'resume']),
  device('washer', 'laundry_washer', 'bath', [['power', true], ['status', 'paused', tells('idle', 'running', 'paused', 'finished', 'delayed')], ['programme', 'cotton', tells('cotton', 'wool', 'quick')], ['phase', 'spin', tells('wash', 'rinse', 'spin')], ['remaining_time', 12], ['spin_speed', 1200, from(0, 1400, 200)]], ['start', 'pause']),
  device('dryer', 'laundry_dryer', 'bath', [['power', true], ['status', 'delayed', tells('idle', 'running', 'finished', 'delayed')], ['remaining_time', 190]], ['start', 'pause']),
  device('boiler', 'water_heater', 'bath', [['power', true], ['target_temperature', 55, from(30, 75)], ['water_temperature', 48], ['heating', true], ['keep_warm', false], ['sterilize', false, { trait: 'sterilize', writable: true, labels: L('Sterilise', '杀菌') }]]),
  device('air-monitor', 'air_quality_sensor', 'study', [['pm2_5', 41], ['co2', 1120], ['tvoc', 0.31], ['temperature', 24.6], ['humidity', 46], ['battery', 88]]),
  device('thermometer', 'temperature_sensor', 'bedroom', [['temperature', 23.7], ['humidity', 49.6], ['battery', 9]], [], { family: 'mibeacon' }),
  device('front-door', 'contact_sensor', 'hall', [['contact', false], ['battery', 91]], [], { family: 'mibeacon', name: 'Front door', names: L('Front door', '大门') }),
  device('motion', 'occupancy_sensor', 'hall', [['occupied', true], ['illuminance', 84], ['battery', 67]], [], { family: 'mibeacon' }),
  device('lux', 'light_sensor', 'balcony', [['illuminance', 12400], ['battery', 55]], [], { family: 'bthome' }),
  device('leak', 'water_leak_detector', 'bath', [['water_leak', false], ['battery', 73]], [], { family: 'mibeacon' }),
  device('smoke', 'smoke_alarm', 'kitchen', [['smoke', false], ['battery', 96]], [], { family: 'mibeacon' }),
  device('camera', 'camera', 'hall', [['power', true], ['night_vision', 'auto', choose('off', 'on', 'auto')], ['motion_detection', true], ['display', true]]),
  device('doorbell', 'doorbell', 'hall', [['status', 'idle', tells('idle', 'busy')], ['motion_detection', true], ['battery', 63], ['speaker.volume', 75, from(0, 100, 25)]]),
  device('speaker', 'speaker', 'living-room', [['volume', 34, from(6, 100)], ['mute', false], ['microphone.mute', true]], ['pause']),
  device('band', 'wristband', '', [['steps', 6412], ['heart_rate', 71], ['asleep', false], ['battery', 41], ['charging', 'not_charging', tells('charging', 'not_charging')]], ['alert', 'measure_heart_rate'], { family: 'huami', name: "Grandmother's band", names: L("Grandmother's band", '奶奶的手环') }),
  device('generic', 'generic', 'balcony', [['temperature', 19.5], ['soil_moisture', 38, { unit: '%', labels: L('Soil moisture', '土壤湿度') }], ['illuminance', 900], ['battery', 80], ['humidity', null]], [], { family: 'bthome', name: 'Lemon tree', names: L('Lemon tree', '柠檬树') }),
];

/** What a child or a guest sees: a heater to look at only. */
export const lookOnly = (it) => ({ ...it, may: ['see'], properties: it.properties.map((one) => ({ ...one, operable: false })), actions: it.actions.map((one) => ({ ...one, operable: false })) });
