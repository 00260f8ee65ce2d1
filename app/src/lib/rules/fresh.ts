// New cards and whole new rules to begin with, made of the devices that are in this home. Owns those; sends nothing.

import { app } from '../app.svelte';
import type { Device } from '../home.svelte';
import type { PlainKey } from '../i18n/index.svelte';
import type { IconName } from '../icons';
import type { Property } from '../types';
import type { RuleRow, RuleWords, SceneRow } from './types';
import { firstValue, inExpression, written } from './values';

export const TRIGGER_KINDS = ['becomes', 'change', 'time', 'sun', 'every', 'event', 'mode', 'rule', 'hub'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];
export const STEP_KINDS = ['set', 'do', 'scene', 'mode', 'notify', 'wait', 'wait until', 'if', 'repeat', 'stop'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

type Found = [ref: string, property: Property];

function all(fits: (property: Property, device: Device) => boolean): Found[] {
  return app.home.list.flatMap((device) =>
    device.order.flatMap((path): Found[] => {
      const property = device.properties[path];
      return property && fits(property, device) ? [[`${device.id}.${path}`, property]] : [];
    }),
  );
}
const measured = (): Found | undefined => all((it) => it.readable && !it.writable && (it.kind === 'int' || it.kind === 'float') && it.trait !== 'vendor')[0] ?? all((it) => it.readable)[0];
const settable = (): Found | undefined => all((it) => it.writable && it.operable !== false && it.kind === 'bool')[0] ?? all((it) => it.writable)[0];

function comparison(found: Found | undefined): string {
  if (!found) return 'mode == home';
  const [ref, property] = found;
  const op = property.kind === 'int' || property.kind === 'float' ? '>' : '==';
  return `${ref} ${op} ${inExpression(firstValue(property), property, '')}`;
}

export function freshTrigger(kind: TriggerKind, words: RuleWords | null, rules: readonly RuleRow[]): Record<string, unknown> {
  const event = words?.events[0];
  return {
    becomes: { becomes: comparison(measured()) },
    change: { change: (settable() ?? measured())?.[0] ?? 'device.property' },
    time: { time: '07:00' },
    sun: { sun: 'sunset' },
    every: { every: '1 h' },
    event: { event: event ? `${event.device}.${event.event}` : 'device.event' },
    mode: { mode: 'away' },
    rule: { rule: rules[0]?.id ?? 'rule' },
    hub: { hub: 'started' },
  }[kind];
}

export function freshStep(kind: StepKind, scenes: readonly SceneRow[]): unknown {
  const set = settable();
  const device = app.home.list.find((it) => it.actions.length > 0);
  const action = device?.actions[0];
  const steps: Record<StepKind, unknown> = {
    set: { set: set?.[0] ?? 'device.power', to: set ? written(firstValue(set[1]), set[1], '') : 'on' },
    do: {
      do: device && action ? `${device.id}.${action.path}` : 'device.action',
      ...(action && action.arguments.length > 0 ? { with: action.arguments.map((it) => written(firstValue(it), it, '')) } : {}),
    },
    scene: { scene: scenes[0]?.id ?? 'scene' },
    mode: { mode: 'night' },
    notify: { notify: 'owner', text: '…' },
    wait: { wait: '5 min' },
    'wait until': { 'wait until': comparison(measured()), 'for at most': '30 min' },
    if: { if: comparison(measured()), then: [{ wait: '1 min' }] },
    repeat: { repeat: { times: 3, steps: [{ wait: '1 min' }] } },
    stop: 'stop',
  };
  return steps[kind];
}

export interface Template {
  id: string;
  title: PlainKey;
  lead: PlainKey;
  icon: IconName;
  /** The rule's parts; absent where the home has nothing for it. */
  make: (device?: Device) => { when: unknown[]; if?: string; then: unknown[] } | null;
  /** The devices of which one is meant, where it could be several. */
  of?: () => Device[];
}

const kindOf = (kind: RegExp) => (_: Property, device: Device): boolean => kind.test(device.kind);

/** What tells how far an appliance is. */
const stages = (): Found[] =>
  all((it, device) => (it.name === 'status' || it.name === 'state' || it.name === 'phase') && it.kind === 'enum' && kindOf(/wash|cook|oven|microwave|dish|vacuum|dryer/)(it, device));

/** What the family does when somebody comes or goes, at dusk, when the air is bad, when a machine is done. */
export const TEMPLATES: readonly Template[] = [
  {
    id: 'arrive', title: 'rules.template.arrive', lead: 'rules.template.arrive.lead', icon: 'home',
    make: () => {
      const light = all((it, device) => it.name === 'power' && it.writable && kindOf(/light|lamp/)(it, device))[0] ?? settable();
      return light ? { when: [{ mode: 'home' }], then: [{ set: light[0], to: 'on' }] } : null;
    },
  },
  {
    id: 'leave', title: 'rules.template.leave', lead: 'rules.template.leave.lead', icon: 'out',
    make: () => {
      const all_off = all((it, device) => it.name === 'power' && it.component === 'main' && it.writable && !/fridge|refrigerator|heater/.test(device.kind)).slice(0, 12);
      return all_off.length ? { when: [{ mode: 'away' }], then: all_off.map(([ref]) => ({ set: ref, to: 'off' })) } : null;
    },
  },
  {
    id: 'sunset', title: 'rules.template.sunset', lead: 'rules.template.sunset.lead', icon: 'sun',
    make: () => {
      const light = all((it, device) => it.name === 'power' && it.writable && kindOf(/light|lamp/)(it, device))[0] ?? settable();
      return light ? { when: [{ sun: 'sunset' }], if: 'mode == home', then: [{ set: light[0], to: 'on' }] } : null;
    },
  },
  {
    id: 'air', title: 'rules.template.air', lead: 'rules.template.air.lead', icon: 'wind',
    make: () => {
      const air = all((it) => it.name === 'pm2_5')[0];
      if (!air) return null;
      const device = air[0].split('.')[0] ?? '';
      const power = app.home.property(device, 'power');
      const clean = power?.writable ? `${device}.power` : all((it, other) => it.name === 'power' && it.writable && kindOf(/purifier/)(it, other))[0]?.[0];
      return { when: [{ becomes: `${air[0]} > 75 ug/m3`, for: '5 min' }], then: clean ? [{ set: clean, to: 'on' }] : [{ notify: 'owner', text: `{${air[0]}}` }] };
    },
  },
  {
    id: 'warm', title: 'rules.template.warm', lead: 'rules.template.warm.lead', icon: 'thermometer',
    make: () => {
      const ac = all((it, device) => it.name === 'temperature' && it.readable && device.properties.power?.writable === true && kindOf(/air_conditioner|thermostat/)(it, device))[0];
      if (!ac) return null;
      return { when: [{ becomes: `${ac[0]} > 28 Cel`, for: '10 min' }], if: 'mode == home', then: [{ set: `${ac[0].split('.')[0]}.power`, to: 'on' }] };
    },
  },
  {
    id: 'done', title: 'rules.template.done', lead: 'rules.template.done.lead', icon: 'bell',
    of: () => [...new Set(stages().map(([ref]) => ref.split('.')[0] ?? ''))].flatMap((id) => app.home.devices[id] ?? []),
    make: (meant) => {
      const state = stages().find(([ref]) => !meant || ref.startsWith(`${meant.id}.`));
      if (!state) return null;
      const end = state[1].choices.find((it) => /end|done|complete|finish|warm|idle|standby|dock|charging/.test(it)) ?? state[1].choices[0] ?? '';
      const device = app.home.devices[state[0].split('.')[0] ?? ''];
      return { when: [{ change: state[0], to: end }], then: [{ notify: 'owner', text: `${device?.name ?? ''} ✓` }] };
    },
  },
  {
    id: 'night', title: 'rules.template.night', lead: 'rules.template.night.lead', icon: 'moon',
    make: () => ({ when: [{ time: '22:30' }], if: 'mode == home', then: [{ mode: 'night' }] }),
  },
  {
    id: 'empty', title: 'rules.template.empty', lead: 'rules.template.empty.lead', icon: 'plus',
    make: () => {
      const set = settable();
      return { when: [{ time: '07:00' }], then: set ? [{ set: set[0], to: written(firstValue(set[1]), set[1], '') }] : [{ notify: 'owner', text: '…' }] };
    },
  },
];
