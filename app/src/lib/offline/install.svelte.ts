// The app on the home screen. Owns the browser's offer to install it, which comes once and at a time of its own choosing.

interface Offer extends Event {
  prompt: () => Promise<unknown>;
}

class Install {
  /** Browsers install from secure addresses only. */
  readonly possible: boolean = typeof isSecureContext !== 'undefined' && isSecureContext;
  readonly apple: boolean = typeof navigator !== 'undefined' && /iPhone|iPad/.test(navigator.userAgent);
  installed = $state(false);
  offered = $state(false);
  #offer: Offer | null = null;

  constructor() {
    if (typeof window === 'undefined') return;
    this.installed = matchMedia('(display-mode: standalone)').matches;
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault(); // asked when the person wants it, not when the browser does
      this.#offer = event as Offer;
      this.offered = true;
    });
    addEventListener('appinstalled', () => (this.installed = true));
  }

  async ask(): Promise<void> {
    const offer = this.#offer;
    this.#offer = null; // good once
    this.offered = false;
    await offer?.prompt();
  }
}

export const install = new Install();
