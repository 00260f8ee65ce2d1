// The shapes of /api/comfort, as docs/architecture.md has them. Temperatures in °C, times in epoch seconds.

export interface Reason {
  code: string;
  figures: Record<string, number | string>;
}
export type Feature = 'climate' | 'sleep' | 'air';
export type Way = 'cool' | 'heat';

export interface Point {
  mode: Way;
  free: boolean;
  minute: number;
  target: number | null;
  edited: boolean;
  days: string[];
}
export interface Decision {
  on: boolean;
  mode: Way;
  target: number;
  by: 'hand' | 'fault' | 'plan' | 'thermostat';
  again: number;
  reasons: Reason[];
  planned: [number, number][];
}
export interface RoomClimate {
  mode: Way;
  temperature: number | null;
  outdoor: number | null;
  hold: { target: number | null; until: number | null; who: string; at: number } | null;
  schedule: Point[];
  model: { days: number; known: boolean; trusted: boolean };
  decision: Decision | null;
}
/** What a level cleans (share of the highest), draws (W) and how it is heard (dB(A)): estimates. */
export interface AirLevel {
  share: number;
  watts: number;
  noise: number;
}
export interface AirIndex {
  value: number;
  category: string;
  standard: string;
  names: Record<string, string>;
}
export interface RoomAir {
  pm2_5: number | null;
  /** By country, of this one reading. */
  aqi: Record<string, AirIndex>;
  /** µg/m³: reckoned, unless `measured`. */
  outdoor: number | null;
  measured?: boolean;
  level: AirLevel | null;
  watts: number | null;
  decision: { by: 'hand' | 'fault' | 'plan' | 'threshold'; level: AirLevel | null; at: number; reasons: Reason[] } | null;
  hold: { at: number; until: number; who: string; on: boolean } | null;
  filter: { left: number; told: number | null; grams: number; days: number | null; reasons: Reason[] };
  model: { days: number; trusted: boolean; confidence: number };
}
export interface ComfortRoom {
  room: string;
  can: Record<Feature, boolean>;
  on: Record<Feature, boolean>;
  conditioner: string;
  purifier: string;
  lights: string[];
  sleepers: string[];
  climate?: RoomClimate;
  air?: RoomAir;
  advice?: Reason[];
}
/** `start` where the bedroom is cooled, `warm` where it is heated. */
export interface Curve {
  start: number;
  warm: number;
  rise: number;
  rate: number;
  back: number;
}
export interface Sleeper {
  id: string;
  name: string;
  band: string;
  bedroom: string;
  curve: Curve;
  stage?: 'awake' | 'quiet' | 'asleep' | 'unknown';
  since?: number;
  reason?: Reason;
  bedtime?: { minute: number; nights: number } | null;
  waking?: { minute: number; nights: number } | null;
  nights?: [number, number, number][];
}
/** The sensor that stands outdoors ("" for none), the devices that could, and what it measures now (µg/m³, °C, %). */
export interface Outdoor {
  device: string;
  sensors: string[];
  pm2_5: number | null;
  temperature: number | null;
  humidity: number | null;
}
export interface Comfort {
  active: boolean;
  trouble: string;
  now: number;
  /** When it last looked; null before its first look since the start. */
  looked?: number | null;
  /** Who says that nobody is home: the mode, bands out of reach, rooms that see nobody; "" where somebody is, or nobody knows. */
  absence?: { by: '' | 'mode' | 'bands' | 'rooms'; since: number | null };
  rooms: ComfortRoom[];
  people: Sleeper[];
  bands: string[];
  taste?: { tolerance: number; worth: number };
  tariff?: string;
  outdoor?: Outdoor;
  faults: { about: string; reasons: Reason[] }[];
}
export type Words = Record<string, Record<string, string>>;
