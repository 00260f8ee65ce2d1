// The hub's doors on a pretended home, so that the app can be worked on without one.
//   npm run mock -- [--port 8430] [--scenario basic|rich|kinds|child|empty] [--session in|out|new] [--static DIR]
// POST /mock {"down":true} closes the stream and the API; {"down":false} opens them again. Development only.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { MockHome } from './home.mjs';
import { ownRoutes, play } from './own.mjs';
import { accept } from './socket.mjs';

const { values: options } = parseArgs({ options: {
  port: { type: 'string', default: '8430' }, scenario: { type: 'string', default: 'basic' },
  session: { type: 'string', default: 'in' }, static: { type: 'string', default: '../src/jiahe/web/static' },
} });
const home = new MockHome(options.scenario);
const state = { signedIn: options.session === 'in', owner: options.session !== 'new', person: 'Wang', down: false, fresh: false };
const streams = new Set();
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json' };
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data:";

class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    Object.assign(this, { status, body: { error: { code, message, ...more } } });
  }
}
const person = () => (state.signedIn ? { id: 'p1', name: state.person, role: options.scenario === 'child' ? 'child' : 'owner', ...(options.scenario === 'child' ? { may: { configure: false, share: false, operate: true } } : {}) } : null);
const some = (id) => home.device(id) ?? (() => { throw new Refusal(404, 'unknown_device', `There is no device ${id}.`); })();

const FOUND = [
  { family: 'miio', hardware_id: '260426251', address: '192.168.1.31', port: 54321, model: 'zhimi.airpurifier.mb4', product: 'zhimi.airpurifier.mb4', name: { en: 'Xiaomi air purifier', zh: '米家空气净化器' }, adopted: 'living-purifier', missing: [], hint: '' },
  { family: 'miio', hardware_id: '131590393', address: '192.168.1.47', port: 54321, model: 'zhimi.airp.mb5', product: 'zhimi.airp.mb5', name: { en: 'Xiaomi air purifier 4 Compact', zh: '米家空气净化器 4 Compact' }, adopted: '', missing: ['token'], hint: 'The token is 32 characters; the Mi Home app or an extractor shows it.' },
  { family: 'midea', hardware_id: '152832116426242', address: '192.168.1.52', port: 6444, model: '', product: 'midea.ac.split', name: { en: 'Midea air conditioner', zh: '美的空调' }, adopted: '', missing: ['token', 'key'], hint: 'A V3 appliance needs the token and key that its cloud gave it once.' },
  { family: 'midea', hardware_id: '147334558165565', address: '192.168.1.53', port: 6444, model: '', product: '', name: {}, adopted: '', missing: [], hint: '' },
];

const routes = {
  ...ownRoutes(home, () => state.person),
  'GET /api/session': () => ({ signed_in: state.signedIn, person: person(), owner_exists: state.owner, new_password: state.fresh, demo: options.session === 'in', home: state.signedIn ? 'Home' : null }),
  'POST /api/session': ({ body }) => {
    if (body.password !== 'correct horse') throw new Refusal(401, 'wrong', 'The name or the password is not right.');
    state.signedIn = true;
    state.person = body.name;
  },
  'DELETE /api/session': () => { state.signedIn = false; for (const stream of streams) stream.close(); },
  'POST /api/claim': ({ body }) => {
    if (body.code !== 'GOOD') throw new Refusal(401, 'wrong', 'This link was used already or is too old: restart Jiahe to get a new one.');
    if (body.password.length < 10) throw new Refusal(422, 'password_short', 'The password needs at least 10 characters.', { property: 'password', bound: 10 });
    Object.assign(state, { signedIn: true, owner: true, person: body.name });
  },
  'GET /api/home': () => home.json(),
  'POST /api/commands': ({ body }) => {
    const device = some(body.device);
    const prop = device.properties.find((it) => it.path === body.property);
    if (prop && typeof body.value === 'number' && prop.high !== null && body.value > prop.high) throw new Refusal(422, 'out_of_definition', `${prop.path}: ${body.value} is above the highest, ${prop.high}`, { property: prop.path, bound: prop.high });
    return home.command(body, state.person);
  },
  'GET /api/history': ({ query }) => home.history(query.get('device'), query.get('property'), +query.get('from'), +query.get('to'), +query.get('points')),
  'POST /api/password': ({ body }) => {
    if (!state.fresh && body.old !== 'correct horse') throw new Refusal(403, 'wrong', 'The old password is not right.', { property: 'old' });
    state.fresh = false;
  },
  'POST /api/discover': async ({ body }) => {
    if (body.addresses) return { found: FOUND.filter((it) => body.addresses.includes(it.address)) };
    await new Promise((done) => setTimeout(done, 1500)); return { found: FOUND }; },
  'POST /api/devices': async ({ body }) => {
    await new Promise((done) => setTimeout(done, 700));
    if (FOUND.find((it) => it.hardware_id === body.hardware_id)?.missing.includes('token') && !/^[0-9a-f]{32,}$/i.test(body.token ?? '')) throw new Refusal(422, 'wrong_token', 'The device does not accept this token: it is 32 characters of 0–9 and a–f.', { property: 'token' });
    throw new Refusal(409, 'mock', 'The mock home takes no new devices.');
  },
  'POST /api/rooms': ({ body }) => { const room = { id: body.name.toLowerCase().replace(/\W+/g, '-') || `room-${home.rooms.length}`, name: body.name }; home.rooms.push(room); home.record('home', { what: 'room_added', room: room.id }); return room; },
  'GET /api/virtual': () => ({ devices: Object.fromEntries(home.devices.map((it) => [it.id, { faults: home.faults[it.id], actions: ['reboot', 'new_address', ...(it.kind === 'air_purifier' ? ['cook'] : [])] }])) }),
};

const patterns = [
  ['POST', /^\/api\/scenes\/([^/]+)$/, ([id]) => play(decodeURIComponent(id))],
  ['PATCH', /^\/api\/rooms\/([^/]+)$/, ([id], { body }) => { const room = home.rooms.find((it) => it.id === id); Object.assign(room, body, { names: undefined }); home.record('home', { what: 'room_renamed', room: id, name: body.name }); return room; }],
  ['GET', /^\/api\/claim\/([^/]+)$/, ([code]) => ({ state: state.owner ? 'owned' : { GOOD: 'valid', OLD: 'expired' }[code] ?? 'wrong' })],
  ['PATCH', /^\/api\/devices\/([^/]+)$/, ([id], { body }) => { const device = some(id); if (body.name !== undefined) device.name = body.name; if (body.room !== undefined) device.room = body.room; home.record('home', { what: body.name ? 'device_renamed' : 'device_moved', device: id, cause: { id: 'z', kind: 'person', source: state.person } }); return device; }],
  ['DELETE', /^\/api\/devices\/([^/]+)$/, ([id]) => { some(id); home.devices = home.devices.filter((it) => it.id !== id); home.record('home', { what: 'device_removed', device: id }); }],
  ['PUT', /^\/api\/virtual\/([^/]+)\/faults$/, ([id], { body }) => { if (body.action === 'cook') home.put(home.device(id), 'pm2_5', 182); delete body.action; home.setFaults(id, body); return { faults: home.faults[id] }; }],
];

async function answer(request, response) {
  const url = new URL(request.url, 'http://x');
  let text = '';
  for await (const piece of request) text += piece;
  const body = text ? JSON.parse(text) : {};
  if (url.pathname === '/mock') {
    Object.assign(state, body);
    if (state.down) for (const stream of streams) stream.close();
    return response.end();
  }
  if (!url.pathname.startsWith('/api/')) return file(url.pathname, response);
  if (state.down) return response.destroy();
  try {
    const open = ['/api/session', '/api/claim', '/api/health'].includes(url.pathname) || url.pathname.startsWith('/api/claim/');
    if (!open && !state.signedIn) throw new Refusal(401, 'sign_in', 'Please sign in.');
    const exact = routes[`${request.method} ${url.pathname}`];
    const match = patterns.map(([method, pattern, run]) => [request.method === method && pattern.exec(url.pathname), run]).find(([hit]) => hit);
    if (!exact && !match) throw new Refusal(404, 'not_found', 'There is nothing here.');
    const context = { body, query: url.searchParams };
    const result = await (exact ? exact(context) : match[1](match[0].slice(1), context));
    response.writeHead(result === undefined ? 204 : 200, { 'content-type': 'application/json' });
    response.end(result === undefined ? undefined : JSON.stringify(result));
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    response.writeHead(error.status ?? 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify(error.body ?? { error: { code: 'internal', message: String(error) } }));
  }
}

function file(path, response) {
  let at = join(options.static, normalize(path));
  if (!existsSync(at) || statSync(at).isDirectory()) at = join(options.static, 'index.html');
  const inline = at.endsWith('.html') ? /<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/.exec(readFileSync(at, 'utf8'))?.[1] : undefined;
  const own = inline === undefined ? '' : `; script-src 'self' 'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
  response.writeHead(200, { 'content-type': TYPES[extname(at)] ?? 'application/octet-stream', 'content-security-policy': CSP + own });
  createReadStream(at).pipe(response);
}

const server = createServer((request, response) => void answer(request, response));
server.on('upgrade', (request, socket) => {
  if (state.down || !state.signedIn) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
  const stream = accept(request, socket);
  const after = new URL(request.url, 'http://x').searchParams.get('after');
  streams.add(stream);
  if (after === null) stream.send({ type: 'snapshot', home: home.json(), cursor: home.seq });
  else stream.send({ type: 'records', cursor: home.seq, records: home.records.filter((it) => it.seq > +after) });
  const listener = (message) => stream.send(message);
  home.listeners.add(listener);
  stream.onClose(() => { streams.delete(stream); home.listeners.delete(listener); });
});
server.listen(+options.port, '127.0.0.1', () => console.log(`mock home at http://127.0.0.1:${options.port}`));
