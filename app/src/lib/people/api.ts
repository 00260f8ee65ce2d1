// What the app asks the hub of people, invitations and tokens. Keeps no state.

import { ask } from '../api';
import type { SessionRow } from '../security/types';
import type { Grant, Invitation, JoinState, Person, Role, Token } from './types';

const part = encodeURIComponent;

export const peopleApi = {
  people: () => ask<{ people: Person[] }>('GET', '/api/people'),
  invite: (wish: { name: string; role: Role; grants: readonly Grant[]; until: number | null }) =>
    ask<Invitation & { person: Person }>('POST', '/api/people', wish),
  change: (id: string, wish: { name?: string; role?: Role; grants?: readonly Grant[]; until?: number | null }) =>
    ask<Person>('PATCH', `/api/people/${part(id)}`, wish),
  remove: (id: string) => ask<{ rules: string[] }>('DELETE', `/api/people/${part(id)}`),
  newLink: (id: string) => ask<Invitation>('POST', `/api/people/${part(id)}/invitation`, {}),

  sessions: (person: string) => ask<{ sessions: SessionRow[] }>('GET', `/api/sessions?person=${part(person)}`),
  endSession: (person: string, id: string) => ask<void>('DELETE', `/api/sessions/${part(id)}?person=${part(person)}`),

  tokens: () => ask<{ tokens: Token[] }>('GET', '/api/tokens'),
  newToken: (wish: { name: string; role: 'agent' | 'service'; grants: readonly Grant[]; until: number | null }) =>
    ask<{ id: string; token: string; rows?: readonly string[] }>('POST', '/api/tokens', wish),
  endToken: (id: string) => ask<void>('DELETE', `/api/tokens/${part(id)}`),

  joinState: (code: string) => ask<JoinState>('GET', `/api/join/${part(code)}`),
  join: (code: string, password: string) => ask<void>('POST', '/api/join', password ? { code, password } : { code }),
};
