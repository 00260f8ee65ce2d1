// What the app asks about tariffs and about starts that wait. Owns these requests only.

import { ask } from '../api';
import type { Piece, Shift, Shifts, Tariffs, Wish } from './types';

const part = encodeURIComponent;

export const energyApi = {
  tariffs: (): Promise<Tariffs> => ask('GET', '/api/comfort/tariffs'),
  choose: (id: string): Promise<Tariffs> => ask('PUT', '/api/comfort/tariff', { id }),
  write: (id: string, name: string, currency: string, pieces: readonly Piece[]): Promise<Tariffs> =>
    ask('PUT', `/api/comfort/tariffs/${part(id)}`, { name, currency, pieces }),
  remove: (id: string): Promise<void> => ask('DELETE', `/api/comfort/tariffs/${part(id)}`),
  shifts: (): Promise<Shifts> => ask('GET', '/api/comfort/shifts'),
  preview: (wish: Wish): Promise<Shift> => ask('POST', '/api/comfort/shifts', { ...wish, preview: true }),
  plan: (wish: Wish): Promise<Shift> => ask('POST', '/api/comfort/shifts', wish),
  cancel: (id: string): Promise<void> => ask('DELETE', `/api/comfort/shifts/${part(id)}`),
};
