// What the app asks and tells comfort. Owns these requests only; the sentences are asked for once.

import { ask } from '../api';
import type { Comfort, Feature, Sleeper, Way, Words } from './types';

const room = (id: string): string => `/api/comfort/rooms/${encodeURIComponent(id)}`;
let words: Promise<{ words: Words }> | undefined;

export const comfortApi = {
  state: (): Promise<Comfort> => ask('GET', '/api/comfort'),
  words: async (): Promise<Words> => {
    words ??= ask<{ words: Words }>('GET', '/api/comfort/words').catch((error: unknown) => {
      words = undefined; // asked for again next time
      throw error;
    });
    return (await words).words;
  },
  switch: (id: string, feature: Feature, on: boolean): Promise<Comfort> => ask('PATCH', room(id), { feature, on }),
  release: (id: string): Promise<Comfort> => ask('POST', `${room(id)}/release`, {}),
  newFilter: (id: string): Promise<Comfort> => ask('POST', `${room(id)}/filter`, {}),
  putPoint: (id: string, point: { mode: Way; free: boolean; minute: number; target: number | null }): Promise<Comfort> => {
    const { target, ...rest } = point;
    return ask('PUT', `${room(id)}/points`, target === null ? rest : point);
  },
  removePoint: (id: string, point: { mode: Way; free: boolean; minute: number }): Promise<Comfort> => ask('POST', `${room(id)}/points/remove`, point),
  forget: (id: string): Promise<void> => ask('DELETE', room(id)),
  put: (state: Comfort, people: readonly Sleeper[]): Promise<Comfort> => ask('PUT', '/api/comfort/wishes', wishes(state, people)),
  putOutdoor: (state: Comfort, device: string): Promise<Comfort> => ask('PUT', '/api/comfort/wishes', wishes(state, state.people, device)),
};

/** The whole document of wishes: what the hub told, with these people and this sensor outdoors. */
export function wishes(state: Comfort, people: readonly Sleeper[], outdoor = state.outdoor?.device ?? ''): Record<string, unknown> {
  return {
    rooms: Object.fromEntries(state.rooms.map((it) => [it.room, it.on])),
    people: people.map(({ id, name, band, bedroom, curve }) => ({ id, name, band, bedroom, curve })),
    ...(state.taste ? { taste: state.taste } : {}),
    tariff: state.tariff ?? '',
    outdoor,
  };
}
