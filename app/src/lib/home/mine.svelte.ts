// How the person who is signed in likes the home shown: favourites and order. Owns the copy of the hub's lists and their way
// back: a change shows at once, and is taken back, in words, where the hub did not keep it.

import { homeApi, type Lists } from './api';

const NONE: Lists = { favourites: [], rooms: [], devices: [], scenes: [] };
/** Several moves in a row are one letter. */
const REST_MS = 500;

export class Mine {
  lists = $state<Lists>(structuredClone(NONE));
  /** The last change was not kept. */
  lost = $state(false);
  #of = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wish: Partial<Lists> = {};
  readonly #api: Pick<typeof homeApi, 'lists' | 'setLists'>;

  constructor(api: Pick<typeof homeApi, 'lists' | 'setLists'> = homeApi) {
    this.#api = api;
  }

  /** Reads them once for each person; a hub that keeps none leaves the home in its own order. */
  async load(person: string): Promise<void> {
    if (this.#of === person) return;
    this.#of = person;
    this.#wish = {};
    this.lists = structuredClone(NONE);
    try {
      const lists = await this.#api.lists();
      if (this.#of === person) this.lists = { ...structuredClone(NONE), ...lists };
    } catch {
      if (this.#of === person) this.#of = ''; // asked again when the home is opened next
    }
  }

  isFavourite(device: string): boolean {
    return this.lists.favourites.includes(device);
  }

  toggle(device: string): void {
    const now = this.lists.favourites;
    this.put({ favourites: now.includes(device) ? now.filter((id) => id !== device) : [...now, device] });
  }

  put(wish: Partial<Lists>): void {
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
    const [wish, of] = [this.#wish, this.#of];
    this.#wish = {};
    try {
      await this.#api.setLists(wish);
      this.lost = false;
    } catch {
      this.lost = true;
      if (this.#of !== of) return;
      this.#of = '';
      await this.load(of);
    }
  }
}

export const mine = new Mine();
