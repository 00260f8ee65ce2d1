// Which page is shown. Owns the address bar; knows nothing of what the pages hold.

import { pageAt, type Found } from './pages';

export type Route =
  | { page: 'home' }
  | { page: 'device'; id: string }
  | { page: 'claim'; code: string }
  | ({ page: 'listed' } & Found)
  | { page: 'link'; wait: number }
  | { page: 'lost' };

export function routeOf(path: string): Route {
  const parts = path.split('/').filter(Boolean).map(decode);
  const [first, second] = parts;
  if (first === undefined) return { page: 'home' };
  if (first === 'devices' && parts.length === 2 && second) return { page: 'device', id: second };
  if (first === 'claim' && parts.length === 2 && second) return { page: 'claim', code: second };
  if (first === 'link' && (second === 'over' || second === 'wait')) return { page: 'link', wait: second === 'wait' ? Number(parts[2]) || 1 : 0 };
  const found = pageAt(parts);
  return found ? { page: 'listed', ...found } : { page: 'lost' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a hand-typed % that means nothing
  }
}

const depthOf = (state: unknown): number => Number((state as { depth?: unknown } | null)?.depth ?? 0) || 0;

export const devicePath = (id: string): string => `/devices/${encodeURIComponent(id)}`;

class Router {
  current = $state<Route>({ page: 'home' });
  /** As it stands in the address bar. */
  path = $state('/');
  /** How many pages of this app lie behind this one. */
  #depth = 0;
  #scroll = new Map<string, number>();

  constructor() {
    if (typeof window === 'undefined') return;
    this.path = location.pathname;
    this.current = routeOf(this.path);
    this.#depth = depthOf(history.state);
    addEventListener('popstate', (event) => {
      this.#depth = depthOf(event.state);
      this.#show();
    });
  }

  /** Whether a listed page is the one that is shown: for `aria-current`. */
  at(path: string): boolean {
    return this.current.page === 'listed' && this.current.row.path === path;
  }

  go(path: string, replace = false): void {
    if (path === location.pathname) return;
    this.#scroll.set(location.pathname, scrollY);
    if (!replace) this.#depth += 1;
    history[replace ? 'replaceState' : 'pushState']({ depth: this.#depth }, '', path);
    this.#scroll.delete(path);
    this.#show();
  }

  back(): void {
    if (this.#depth > 0) history.back();
    else this.go('/', true);
  }

  #show(): void {
    this.path = location.pathname;
    this.current = routeOf(this.path);
    const to = this.#scroll.get(location.pathname) ?? 0;
    requestAnimationFrame(() => {
      scrollTo(0, to);
      // Who listens to the page or goes through it by keys begins at the new page.
      document.getElementById('main')?.focus({ preventScroll: true });
    });
  }
}

export const router = new Router();

/** For `<a onclick>`: opens the link inside the app, and leaves new tabs and windows to the browser. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget;
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  router.go(link.pathname);
}
