// A pretended home: physics, commands, faults, journal and history with the hub's shapes. Development only.

import { scenario } from './devices.mjs';

const now = () => Date.now() / 1000;

export class MockHome {
  constructor(name) {
    const { rooms, devices } = scenario(name);
    this.rooms = rooms;
    this.devices = devices;
    this.records = [];
    this.seq = 1000;
    this.listeners = new Set();
    this.observed = {};
    this.waiting = new Map();
    this.faults = Object.fromEntries(devices.map((d) => [d.id,
      { mute: false, delay: 0, loss: 0, duplicate: 0, wrong_key: false, wrong_checksum: false }]));
    const start = now();
    for (const device of devices) {
      device.availability.since ||= start - 7200;
      for (const prop of device.properties) {
        prop.observed_at = prop.quality === 'unknown' ? null : prop.quality === 'stale' ? start - 5400
          : device.availability.state === 'online' ? start - Math.random() * 4 : start - 3 * 3600;
        if (device.availability.state !== 'online' && prop.quality === 'good') prop.quality = 'stale';
        prop.cause = { id: 'c1', kind: 'device', source: device.id };
      }
    }
    this.#past(start);
    setInterval(() => this.#tick(), 2000);
    setInterval(() => this.#flush(), 1000);
  }

  json() {
    return { home: { id: 'h1', name: 'Home' }, cursor: this.seq, now: now(), rooms: this.rooms, devices: this.devices };
  }

  record(kind, body, at = now()) {
    const record = { seq: ++this.seq, at, kind, body };
    this.records.push(record);
    for (const listener of this.listeners) listener({ type: 'records', cursor: record.seq, records: [record] });
    return record;
  }

  device(id) {
    return this.devices.find((device) => device.id === id);
  }

  put(device, path, value, quality = 'good') {
    const prop = device.properties.find((it) => it.path === path);
    if (!prop) return;
    prop.observed_at = now();
    if (prop.value === value && prop.quality === quality) {
      this.observed[`${device.id}/${path}`] = prop.observed_at;
      return;
    }
    Object.assign(prop, { value, raw: value, quality });
    this.record('update', { device: device.id, property: path, value, quality, cause: { id: `u${this.seq}`, kind: 'device', source: device.id } });
  }

  async command(body, person) {
    const id = `cmd-${this.seq + 1}`;
    const device = this.device(body.device);
    const key = `${body.device}/${body.property ?? `!${body.action}`}`;
    const cause = { id: `p${this.seq}`, kind: 'person', source: person };
    this.record('command', { id, ...body, deadline: now() + 5, cause });
    const prop = device.properties.find((it) => it.path === body.property);
    if (prop) prop.waiting = id;
    this.waiting.get(key)?.('superseded');
    const end = await new Promise((resolve) => {
      this.waiting.set(key, resolve);
      const fault = this.faults[device.id];
      const wait = 60 + fault.delay * 1000;
      if (device.availability.state === 'locked_out') setTimeout(resolve, 20, ['failed', device.availability.reason]);
      else if (device.availability.state === 'offline') setTimeout(resolve, 20, ['failed', device.availability.reason]);
      else if (fault.mute || fault.wrong_checksum || wait > 5000) setTimeout(resolve, 5000, ['timed_out', 'It did not answer within 5 seconds.']);
      else if (fault.wrong_key) setTimeout(resolve, 300, ['failed', 'It does not accept our token: give Jiahe the new one.']);
      else if (body.property === 'turbo' && device.properties.some((it) => it.path === 'mode' && it.value === 'fan'))
        setTimeout(resolve, wait, ['refused', 'The air conditioner does not offer turbo while it only blows.']);
      else setTimeout(resolve, wait, ['confirmed', '']);
    });
    const [status, reason] = end === 'superseded' ? ['superseded', 'A newer command came before this one was sent.'] : end;
    if (this.waiting.get(key) && status !== 'superseded') this.waiting.delete(key);
    if (status === 'confirmed' && prop) this.put(device, body.property, body.value);
    if (status === 'confirmed' && body.action === 'reset_filter') this.put(device, 'filter_life', 100);
    if (status === 'confirmed' && ['start_cleaning', 'stop_cleaning', 'dock', 'start', 'pause', 'resume', 'stop'].includes(body.action)) this.#act(device, body.action);
    if (status === 'confirmed' && body.property === 'cover_control') this.put(device, 'position', { open: 100, up: 100, close: 0, down: 0 }[body.value] ?? 50);
    if (status === 'confirmed' && body.property === 'target_position') this.put(device, 'position', body.value);
    if (status === 'confirmed' && body.action === 'toggle') this.put(device, 'power', !device.properties[0].value);
    if (prop?.waiting === id) prop.waiting = null;
    const outcome = this.record('outcome', { command: id, device: device.id, status, reason });
    return { id, device: device.id, property: body.property, value: body.value, status, reason, at: outcome.at };
  }

  /** A programme's state after a deed, in the device's own words. */
  #act(device, action) {
    const status = device.properties.find((it) => it.path === 'status');
    const wanted = { start_cleaning: ['sweeping'], stop_cleaning: ['paused'], dock: ['go_charging'], start: ['running', 'cooking', 'working'], pause: ['paused', 'pause'], resume: ['running', 'working', 'cooking'], stop: ['idle', 'standby'] }[action];
    const value = wanted.find((it) => status?.choices.includes(it));
    if (value) this.put(device, 'status', value);
  }

  setFaults(id, faults) {
    Object.assign(this.faults[id], faults);
    const device = this.device(id);
    const fault = this.faults[id];
    const state = fault.wrong_key ? 'locked_out' : fault.mute ? 'offline' : 'online';
    if (state === device.availability.state) return;
    const reason = { online: '', offline: 'No answer for a while: is it plugged in?', locked_out: 'It does not accept our token: give Jiahe the new one.' }[state];
    device.availability = { state, since: now(), reason };
    this.record('availability', { device: id, state, reason });
    if (state !== 'online') for (const prop of device.properties) if (prop.quality === 'good') {
      prop.quality = 'stale';
      this.record('update', { device: id, property: prop.path, value: prop.value, quality: 'stale', cause: { id: 's', kind: 'system', source: 'hub' } });
    }
  }

  history(device, property, from, to, points) {
    const prop = this.device(device).properties.find((it) => it.path === property);
    const step = Math.max(1, (to - from) / points);
    const gap = [to - 9.2 * 3600, to - 8.1 * 3600];
    const rows = [];
    if (device === 'living-ac') return { device, property, unit: prop.unit, from, to, step, rows, gaps: [] };
    for (let t = from; t < to; t += step) {
      if (t > gap[0] && t < gap[1]) continue;
      const hour = (t / 3600) % 24;
      const wave = property === 'pm2_5'
        ? 14 + 9 * Math.sin(hour / 3) + 120 * Math.exp(-((hour - 11) ** 2) / 0.5) + 4 * Math.sin(t / 700)
        : 26 + 2.2 * Math.sin((hour - 5) / 3.8) + 0.3 * Math.sin(t / 900);
      const spread = property === 'pm2_5' ? 3 + wave * 0.12 : 0.35;
      rows.push([t, wave - spread, wave, wave + spread, wave]);
    }
    return { device, property, unit: prop.unit, from, to, step, rows, gaps: [gap] };
  }

  #tick() {
    for (const device of this.devices) {
      if (device.availability.state !== 'online') continue;
      const value = (path) => device.properties.find((it) => it.path === path)?.value;
      const on = value('power');
      for (const prop of device.properties) if (prop.quality === 'good') this.put(device, prop.path, prop.value);
      if (typeof value('pm2_5') === 'number') {
        const goal = on ? 8 : 48;
        if (Math.random() < 0.4) this.put(device, 'pm2_5', Math.max(1, Math.round(value('pm2_5') + (goal - value('pm2_5')) * 0.05 + Math.random() * 3 - 1.5)));
        this.put(device, 'fan_rpm', on ? 300 + value('fan_level') * 45 : 0);
      }
      if (typeof value('temperature') === 'number' && Math.random() < 0.3) {
        const goal = on ? value('target_temperature') : 29;
        this.put(device, 'temperature', Math.round((value('temperature') + (goal - value('temperature')) * 0.06) * 10) / 10);
        this.put(device, 'electric_power', on ? Math.round(640 + Math.random() * 120) : 1.4);
      }
    }
  }

  #flush() {
    if (Object.keys(this.observed).length === 0) return;
    for (const listener of this.listeners) listener({ type: 'seen', now: now(), observed: this.observed });
    this.observed = {};
  }

  #past(start) {
    const person = (source) => ({ id: 'x', kind: 'person', source });
    let n = 0;
    const did = (ago, device, property, value, who, status = 'confirmed', reason = '') => {
      const id = `old-${++n}`;
      this.record('command', { id, device, property, value, deadline: 0, cause: who }, start - ago);
      if (status === 'confirmed') this.record('update', { device, property, value, quality: 'good', cause: { id: 'd', kind: 'device', source: device } }, start - ago + 0.1);
      this.record('outcome', { command: id, device, status, reason }, start - ago + 0.2);
    };
    for (const { id } of this.devices) {
      this.record('home', { what: 'device_adopted', device: id, cause: person('Wang') }, start - 90000);
      if (id.endsWith('ac')) {
        did(50000, id, 'power', false, person('Li'));
        did(30000, id, 'power', true, person('Wang'));
        did(29000, id, 'target_temperature', 25, person('Wang'));
        did(9000, id, 'turbo', true, person('Li'), 'refused', 'Turbo is not offered in this mode.');
        this.record('update', { device: id, property: 'target_temperature', value: 26, quality: 'good', cause: { id: 'd', kind: 'device', source: id } }, start - 4000);
      } else if (id.endsWith('purifier')) {
        this.record('availability', { device: id, state: 'offline', reason: 'No answer for a while.' }, start - 33000);
        this.record('availability', { device: id, state: 'online', reason: '' }, start - 29000);
        did(20000, id, 'mode', 'sleep', { id: 'r', kind: 'rule', source: 'Good night' });
        did(2000, id, 'mode', 'auto', person('Grandmother 王奶奶'));
      }
    }
  }
}
