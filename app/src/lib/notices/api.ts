// What the app asks the hub about notices. Owns the requests.

import { ask } from '../api';
import type { NoticesJson, PushKey, Settings } from './types';

export const noticesApi = {
  list: () => ask<NoticesJson>('GET', '/api/notices'),
  read: (to: number) => ask<{ read: number; unread: number }>('POST', '/api/notices/read', { to }),
  settings: () => ask<Settings>('GET', '/api/notices/preferences'),
  change: (wish: Partial<Omit<Settings, 'zone' | 'topics'>> & { topics?: Record<string, Partial<Settings['topics'][string]>> }) =>
    ask<Settings>('PUT', '/api/notices/preferences', wish),
  pushKey: () => ask<PushKey>('GET', '/api/push/key'),
  subscribe: (browser: PushSubscriptionJSON) => ask<{ id: string }>('POST', '/api/push', browser),
  unsubscribe: (id: string) => ask<void>('DELETE', `/api/push/${encodeURIComponent(id)}`),
};
