// The geometry of a dial: a ring of 270°, open at the bottom, from low (left) to high (right). Pure.

/** Degrees clockwise from three o'clock at which the ring begins, and how far it goes. */
const FROM = 135;
const SWEEP = 270;

export interface Point {
  x: number;
  y: number;
}

/** Where `part` (0..1) of the ring stands on a circle of `radius` around the origin. */
export function pointAt(part: number, radius: number): Point {
  const angle = ((FROM + SWEEP * part) * Math.PI) / 180;
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** SVG path along the ring between two parts. */
export function arcPath(from: number, to: number, radius: number): string {
  const [one, two] = from <= to ? [from, to] : [to, from];
  const start = pointAt(one, radius);
  const end = pointAt(two, radius);
  const large = (two - one) * SWEEP > 180 ? 1 : 0;
  const short = (value: number): string => value.toFixed(2);
  return `M${short(start.x)} ${short(start.y)}A${radius} ${radius} 0 ${large} 1 ${short(end.x)} ${short(end.y)}`;
}

/** Which part of the ring a hand at this place (from the centre) points at; the open bottom belongs to the nearer end. */
export function partAt({ x, y }: Point): number {
  const degrees = (((Math.atan2(y, x) * 180) / Math.PI - FROM) % 360 + 360) % 360;
  if (degrees <= SWEEP) return degrees / SWEEP;
  return degrees < (SWEEP + 360) / 2 ? 1 : 0;
}
