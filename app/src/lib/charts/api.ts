// What charts ask of the hub besides history. Owns these requests only.

import { ask } from '../api';
import type { Energy, Marks, Step } from './types';

const part = encodeURIComponent;

export const chartsApi = {
  marks: (device: string, property: string, from: number, to: number) =>
    ask<Marks>('GET', `/api/marks?device=${part(device)}&property=${part(property)}&from=${from.toFixed(0)}&to=${to.toFixed(0)}`),
  energy: (by: Step, from: number, to: number) => ask<Energy>('GET', `/api/energy?by=${by}&from=${from.toFixed(0)}&to=${to.toFixed(0)}`),
};
