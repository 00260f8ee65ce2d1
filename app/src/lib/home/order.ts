// Somebody's own order of things. Pure: what is not in the list yet keeps its place behind what is.

export function ordered<T>(things: readonly T[], order: readonly string[], idOf: (it: T) => string): T[] {
  const place = new Map(order.map((id, at) => [id, at]));
  return things
    .map((it, at) => ({ it, key: place.get(idOf(it)) ?? order.length + at }))
    .sort((one, two) => one.key - two.key)
    .map(({ it }) => it);
}

/** The list with the thing at `from` moved to `to`; the list itself where that is nowhere. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return next;
  const [it] = next.splice(from, 1);
  if (it !== undefined) next.splice(to, 0, it);
  return next;
}
