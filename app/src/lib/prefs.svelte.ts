// What this person likes on this device: language, colours, °C or °F. Owns their memory and their marks on the page.

export type Lang = 'en' | 'zh';
/** How temperatures are read; they are measured, kept and sent in °C. */
export type Degrees = 'C' | 'F';
export type Theme = 'auto' | 'light' | 'dark';

const hasPage = typeof document !== 'undefined';

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden: the defaults stand
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // then it lasts as long as the page
  }
}

/** The language for a stored choice, else for what the browser prefers. */
export function chooseLang(stored: string | null, preferred: readonly string[]): Lang {
  if (stored === 'en' || stored === 'zh') return stored;
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

function chooseTheme(stored: string | null): Theme {
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

class Prefs {
  lang = $state<Lang>('en');
  theme = $state<Theme>('auto');
  degrees = $state<Degrees>('C');
  #systemDark = $state(false);
  readonly dark: boolean = $derived(this.theme === 'dark' || (this.theme === 'auto' && this.#systemDark));

  constructor() {
    if (!hasPage) return;
    this.lang = chooseLang(remembered('jiahe.lang'), navigator.languages ?? [navigator.language]);
    this.theme = chooseTheme(remembered('jiahe.theme'));
    this.degrees = remembered('jiahe.degrees') === 'F' ? 'F' : 'C';
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', (event) => {
      this.#systemDark = event.matches;
      this.show();
    });
    this.show();
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    remember('jiahe.lang', lang);
    this.show();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    remember('jiahe.theme', theme);
    this.show();
  }

  setDegrees(degrees: Degrees): void {
    this.degrees = degrees;
    remember('jiahe.degrees', degrees);
  }

  /** Marks the page itself: its language for readers and fonts, its colours for the style sheet and the phone's bars. */
  show(): void {
    if (!hasPage) return;
    const root = document.documentElement;
    root.lang = this.lang === 'zh' ? 'zh-Hans' : 'en';
    root.dataset.theme = this.dark ? 'dark' : 'light';
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', this.dark ? '#0f1312' : '#f3f1ec');
  }
}

export const prefs = new Prefs();
