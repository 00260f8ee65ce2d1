// The mock's doors of the home page: one's own order, scenes, the mode, keys, and the journal backwards. Development only.

const SCENES = [
  { id: 'good-night', names: { en: 'Good night', zh: '晚安' }, text: '', faults: [] },
  { id: 'film', names: { en: 'Film evening', zh: '观影' }, text: '', faults: [] },
  { id: 'leave', names: { en: 'Leaving home', zh: '出门' }, text: '', faults: [] },
];

/** @param {import('./home.mjs').MockHome} home @param {() => string} person */
export function ownRoutes(home, person) {
  const lists = { favourites: [], rooms: [], devices: [], scenes: [] };
  let mode = 'home';
  const cause = () => ({ id: 'm', kind: 'person', source: person() });
  return {
    'GET /api/health': () => ({ status: 'ok', version: '0.1.0 (mock)', uptime: 1 }),
    'GET /api/preferences': () => lists,
    'PUT /api/preferences': ({ body }) => Object.assign(lists, body),
    'GET /api/scenes': () => ({ scenes: SCENES }),
    'GET /api/mode': () => ({ mode }),
    'PUT /api/mode': ({ body }) => {
      home.record('home', { what: 'mode_changed', was: mode, mode: body.mode, cause: cause() });
      mode = body.mode;
      return { mode };
    },
    'POST /api/keys': ({ body }) => ({ kept: (body.text?.match(/\b[0-9a-f]{32}\b/gi) ?? []).length, left_out: [] }),
    'GET /api/journal': ({ query }) => {
      const device = query.get('device');
      const mine = home.records.filter((it) => !device || it.body.device === device);
      if (!query.has('before')) return { records: mine.slice(-query.get('latest')), cursor: home.seq };
      const kinds = query.get('kinds').split(',');
      const records = mine.filter((it) => it.seq < +query.get('before') && kinds.includes(it.kind)).slice(-query.get('limit'));
      return { records, cursor: home.seq, reached: records.length < +query.get('limit') ? 1 : records[0].seq };
    },
  };
}

/** How a scene of the mock ends: the film never quite. */
export async function play(id) {
  await new Promise((done) => setTimeout(done, 900));
  const ok = { status: 'confirmed', reason: '' };
  if (id === 'film') return { scene: id, status: 'partly_confirmed', parts: [{ target: 'lamp.light_level', ...ok }, { target: 'curtain.cover_control', status: 'timed_out', reason: 'it did not answer within 5 s' }] };
  return { scene: id, status: 'all_confirmed', parts: [{ target: 'lamp.power', ...ok }, { target: 'bedroom-ac.mode', ...ok }] };
}
