// How the person who is signed in likes the home shown: favourites and order. Owns the copy of the hub's lists and their way
// back: a change shows at once, and is taken back, in words, where the hub did not keep it.

import { homeApi, type Lists } from './api';

const NONE: Lists = { favourites: [], rooms: [], devices: [], scenes: [] };
/** Several moves in a row are one letter. */
const REST_MS = 500;

export class Mine {
  lists = $state<Lists>(structuredClone(NONE));
  /** What the hub keeps of this person is known: before that no list may be written, it would be taken for the whole of it. */
  known = $state(false);
  /** The last change was not kept. */
  lost = $state(false);
  #of = '';
  /** What the hub last said, of whom: without a network it is what one goes by. */
  #said: { of: string; lists: Lists } = { of: '', lists: NONE };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wish: Partial<Lists> = {};
  readonly #api: Pick<typeof homeApi, 'lists' | 'setLists'>;

  constructor(api: Pick<typeof homeApi, 'lists' | 'setLists'> = homeApi) {
    this.#api = api;
  }

  /** Reads them once for each person; a hub that keeps none leaves the home in its own order. */
  async load(person: string, again = false): Promise<void> {
    if (this.#of === person && !again) return;
    if (this.#of !== person && this.#said.of !== person) this.#forget(person);
    this.#of = person;
    try {
      const lists = await this.#api.lists();
      if (this.#of === person) this.#adopt(person, lists);
    } catch {
      if (this.#of === person) this.#of = ''; // asked again when the home is opened next
    }
  }

  /** Shows the lists that were kept here from the last time; the hub is asked all the same. */
  recall(person: string, lists: Partial<Lists>): void {
    this.#adopt(person, lists);
    this.#of = '';
  }

  /** Takes lists as this person's. What is on its way stays shown. */
  #adopt(person: string, lists: Partial<Lists>): void {
    if (this.#said.of !== person) this.#forget(person);
    this.#of = person;
    this.#said = { of: person, lists: { ...structuredClone(NONE), ...lists } };
    this.known = true;
    this.lists = { ...structuredClone(this.#said.lists), ...this.#wish };
  }

  #forget(person: string): void {
    clearTimeout(this.#timer);
    this.#wish = {};
    this.#said = { of: person, lists: NONE };
    this.known = false;
    this.lists = structuredClone(NONE);
  }

  /** What the hub last said of this person, to be kept. */
  told(person: string): Lists | null {
    return this.known && this.#said.of === person ? this.#said.lists : null;
  }

  isFavourite(device: string): boolean {
    return this.lists.favourites.includes(device);
  }

  toggle(device: string): void {
    const now = this.lists.favourites;
    this.put({ favourites: now.includes(device) ? now.filter((id) => id !== device) : [...now, device] });
  }

  put(wish: Partial<Lists>): void {
    if (!this.known) return;
    Object.assign(this.lists, wish);
    this.#wish = { ...this.#wish, ...wish };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), REST_MS);
  }

  /** A page that is put away rests no longer: what was moved last goes out. */
  flush(): void {
    if (Object.keys(this.#wish).length === 0) return;
    clearTimeout(this.#timer);
    void this.#send();
  }

  async #send(): Promise<void> {
    const [wish, of] = [this.#wish, this.#said.of];
    try {
      const lists = await this.#api.setLists(wish);
      if (this.#said.of !== of) return;
      this.#done(wish);
      this.#adopt(of, lists);
      this.lost = false;
    } catch {
      this.lost = true;
      if (this.#said.of !== of) return;
      this.#done(wish);
      this.#adopt(of, this.#said.lists);
      await this.load(of, true);
    }
  }

  /** What was wished since `wish` went out has it inside, and goes out by itself. */
  #done(wish: Partial<Lists>): void {
    if (this.#wish === wish) this.#wish = {};
  }
}

export const mine = new Mine();
