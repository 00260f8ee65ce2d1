// The service worker: the app's shell without a network, and pushes. Owns the cache of the shell.
// Never answers for the hub: whatever is under /api, and every page that the hub itself makes, goes to the network untouched.

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build (vite/shell.ts): every file of the app, and a hash over all of them. */
declare const __SHELL__: { version: string; files: string[] };

const { version, files } = __SHELL__;
const PREFIX = 'jiahe-shell-';
const CACHE = PREFIX + version;
const SHELL = new Set(files);
/** First words of paths that are the hub's own. */
const HUBS = new Set(['api', 'enter', 'metrics', 'openapi.json', 'trust']);

self.addEventListener('install', (event) => {
  // All or nothing: a shell that lacks a file would break at the page that wants it. `no-cache` asks the hub whether
  // the browser's own copy still holds.
  const wanted = files.map((file) => new Request(file, { cache: 'no-cache' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const first = url.pathname.split('/')[1] ?? '';
  if (HUBS.has(first)) return;
  // A page has no file's ending; below one of the app's own words anything goes (a device's id may hold a point).
  const page = request.mode === 'navigate' && (url.pathname.indexOf('/', 1) > 0 || !first.includes('.'));
  const file = page ? '/' : url.pathname;
  if (SHELL.has(file)) event.respondWith(kept(file, request));
});

async function kept(file: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? fetch(request);
}

self.addEventListener('message', (event) => {
  if (event.data === 'update') void self.skipWaiting();
});

interface Pushed {
  title: string;
  body: string;
  tag: string;
  path: string;
  urgent: boolean;
}

self.addEventListener('push', (event) => {
  const told = read(event.data);
  const options = {
    body: told.body,
    tag: told.tag,
    icon: '/icon-180.png',
    badge: '/icon-180.png',
    requireInteraction: told.urgent,
    renotify: told.urgent && told.tag !== '',
    data: { path: told.path },
  };
  event.waitUntil(Promise.all([self.registration.showNotification(told.title, options), tell('notice')]));
});

/** A browser takes the permission away from an app that shows nothing for a push: what cannot be read still rings. */
function read(data: PushMessageData | null): Pushed {
  const text = (it: unknown): string => (typeof it === 'string' ? it : '');
  let told: Record<string, unknown> = {};
  try {
    told = (data?.json() ?? {}) as Record<string, unknown>;
  } catch {
    // not ours, or cut off
  }
  return {
    title: text(told.title) || 'Jiahe',
    body: text(told.body),
    tag: text(told.tag),
    path: /^\/(?![/\\])/.test(text(told.path)) ? text(told.path) : '/notices',
    urgent: told.urgent === true,
  };
}

async function tell(message: string): Promise<void> {
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage(message);
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = event.notification.data as { path: string };
  event.waitUntil(open(path));
});

async function open(path: string): Promise<void> {
  const [there] = await self.clients.matchAll({ type: 'window' });
  if (!there) {
    await self.clients.openWindow(path);
    return;
  }
  await there.focus();
  there.postMessage({ open: path });
}

export {};
