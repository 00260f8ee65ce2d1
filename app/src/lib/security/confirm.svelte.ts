// "Confirm that it is you": asked once for whatever the hub answered with `second_factor`, then everything is sent again.
// Owns who waits for the answer; the sheet gives it.

import { gate } from '../api';

class Confirming {
  /** The sheet is shown. */
  open = $state(false);
  #waiting: ((yes: boolean) => void)[] = [];

  /** Asks the person; true once the session is confirmed, false where they would rather not. */
  ask(): Promise<boolean> {
    this.open = true;
    return new Promise((done) => this.#waiting.push(done));
  }

  answer(yes: boolean): void {
    this.open = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done(yes);
  }
}

export const confirming = new Confirming();
gate.confirm = () => confirming.ask();
