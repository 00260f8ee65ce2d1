// The pages that are fetched when they are first wanted. A row is a page; `:name` in its path becomes a property of its component.

import type { Component } from 'svelte';
import type { PlainKey } from './i18n/index.svelte';

export interface Page {
  path: string;
  title: PlainKey;
  /** Also shown to somebody who is not signed in. */
  anyone?: boolean;
  /** Stands by itself, without the home around it, whoever is signed in. */
  alone?: boolean;
  // Each component has properties of its own; the router fills them with text.
  load: () => Promise<{ default: Component<any> }>;
}

export const PAGES: readonly Page[] = [
  { path: '/automations', title: 'rules.title', load: () => import('../components/rules/AutomationsPage.svelte') },
  { path: '/automations/new', title: 'rules.new', load: () => import('../components/rules/NewRulePage.svelte') },
  { path: '/automations/rules/:id', title: 'rules.rule', load: () => import('../components/rules/RulePage.svelte') },
  { path: '/automations/scenes/:id', title: 'rules.scene', load: () => import('../components/scenes/ScenePage.svelte') },
  { path: '/add', title: 'add.title', load: () => import('../components/AddPage.svelte') },
  { path: '/security', title: 'security.title', load: () => import('../components/security/SecurityPage.svelte') },
  // the hub's own page, which needs no app: for phones that trust nothing yet
  { path: '/trust', title: 'secure.title', anyone: true, load: () => import('../components/security/TrustAway.svelte') },
  { path: '/account', title: 'account.title', load: () => import('../components/AccountPage.svelte') },
  { path: '/comfort', title: 'comfort.title', load: () => import('../components/comfort/ComfortPage.svelte') },
  { path: '/notices', title: 'notices.title', load: () => import('../components/notices/NoticesPage.svelte') },
  { path: '/notices/settings', title: 'notices.settings', load: () => import('../components/notices/SettingsPage.svelte') },
  { path: '/energy', title: 'energy.title', load: () => import('../components/charts/EnergyPage.svelte') },
  { path: '/people', title: 'people.title', load: () => import('../components/people/PeoplePage.svelte') },
  { path: '/people/new', title: 'person.new', load: () => import('../components/people/NewPersonPage.svelte') },
  { path: '/people/:id', title: 'people.title', load: () => import('../components/people/PersonPage.svelte') },
  { path: '/join/:code', title: 'join.do', anyone: true, alone: true, load: () => import('../components/people/JoinPage.svelte') },
  { path: '/you', title: 'you.title', load: () => import('../components/home/YouPage.svelte') },
  { path: '/diary', title: 'diary.page', load: () => import('../components/home/DiaryPage.svelte') },
  { path: '/diary/:device', title: 'diary.page', load: () => import('../components/home/DiaryPage.svelte') },
  { path: '/rooms/:id', title: 'settings.room', load: () => import('../components/home/RoomPage.svelte') },
  { path: '/arrange', title: 'arrange.title', load: () => import('../components/home/ArrangePage.svelte') },
];

export interface Found {
  row: Page;
  props: Record<string, string>;
}

/** The page at a path, or undefined. */
export function pageAt(parts: readonly string[], pages: readonly Page[] = PAGES): Found | undefined {
  for (const row of pages) {
    const wanted = row.path.split('/').filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const props: Record<string, string> = {};
    const fits = wanted.every((part, at) => {
      const given = parts[at] ?? '';
      if (!part.startsWith(':')) return part === given;
      props[part.slice(1)] = given;
      return given !== '';
    });
    if (fits) return { row, props };
  }
  return undefined;
}
