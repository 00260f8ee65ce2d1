// A rule or scene that is being written: its text, the same as cards, and what is wrong in it. The text is the one truth:
// an edit of a card is made in it by the hub, so that nothing of what the cards do not show is lost.

import { errorWords } from '../app.svelte';
import type { Edit, Fault, Formed } from './types';

/** Steps that can be taken back. */
const MOST_BACK = 50;
/** Typing pauses this long before the hub is asked what it means. */
const PAUSE_MS = 500;

type Ask<Form> = (text: string, edits: readonly Edit[]) => Promise<Formed<Form>>;

export class FileDraft<Form> {
  text = $state('');
  /** What stands in the home's file; empty for a new one. */
  saved = $state('');
  form = $state.raw<Form | null>(null);
  faults = $state.raw<readonly Fault[]>([]);
  /** Why the last edit was not made, in the hub's words. */
  problem = $state('');
  busy = $state(false);
  #ask: Ask<Form>;
  #queue: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #back = $state.raw<readonly string[]>([]);

  constructor(ask: Ask<Form>) {
    this.#ask = ask;
  }

  get changed(): boolean {
    return this.text !== this.saved;
  }

  get canUndo(): boolean {
    return this.#back.length > 0;
  }

  /** What the home has, as it is. */
  adopt(text: string, form: Form | null, faults: readonly Fault[]): void {
    [this.text, this.saved, this.form, this.faults, this.problem] = [text, text, form, faults, ''];
    this.#back = [];
  }

  /** Changes of cards, made one after the other in the order they were asked for. */
  edit(...edits: Edit[]): Promise<void> {
    clearTimeout(this.#timer);
    return this.#run(edits);
  }

  /** What a person typed. */
  write(text: string): void {
    if (text === this.text) return;
    this.#remember();
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run([]), PAUSE_MS);
  }

  undo(): void {
    const before = this.#back.at(-1);
    if (before === undefined) return;
    this.#back = this.#back.slice(0, -1);
    this.text = before;
    void this.#run([]);
  }

  #remember(): void {
    this.#back = [...this.#back, this.text].slice(-MOST_BACK);
  }

  #run(edits: readonly Edit[]): Promise<void> {
    this.#queue = this.#queue.then(() => this.#turn(edits));
    return this.#queue;
  }

  async #turn(edits: readonly Edit[]): Promise<void> {
    const text = this.text;
    this.busy = true;
    try {
      const formed = await this.#ask(text, edits);
      if (this.text !== text) return; // somebody typed meanwhile: another question follows
      if (formed.text !== text) {
        this.#remember();
        this.text = formed.text;
      }
      [this.form, this.faults, this.problem] = [formed.form, formed.faults, ''];
    } catch (error) {
      this.problem = errorWords(error);
    } finally {
      this.busy = false;
    }
  }
}
