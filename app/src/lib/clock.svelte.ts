// The page's ticking second. Owns `clock.now` (this machine's epoch seconds); stands still while nobody looks.

class Clock {
  now = $state(Date.now() / 1000);

  constructor() {
    if (typeof document === 'undefined') return;
    const tick = (): void => {
      if (!document.hidden) this.now = Date.now() / 1000;
    };
    setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
  }
}

export const clock = new Clock();
