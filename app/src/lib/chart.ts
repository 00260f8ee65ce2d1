// The chart of one value over a span of time. Owns uPlot (loaded only when a chart is looked at); knows nothing of pages.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Beside } from './charts/compare';
import { pinched, type View } from './charts/zoom';

export interface Look {
  line: string;
  band: string;
  grid: string;
  text: string;
  font: string;
  /** The person's letters beside the usual ones: 2 where they are twice as large. */
  scale: number;
}

export interface ChartParts {
  target: HTMLElement;
  look: Look;
  height: number;
  /** Labels of the value axis. */
  number: (value: number) => string;
  time: (at: number) => string;
  /** Seconds between two labels of time, the ones to choose from. */
  steps: number[];
  /** First and last moment shown, in epoch seconds: charts side by side share it. */
  span: () => [from: number, to: number];
  /** The moment under the cursor (epoch seconds), or null. */
  point: (at: number | null) => void;
  /** Another stretch of time is wanted; `done` once the fingers or the mouse let go. Without it nothing is zoomed. */
  zoom?: ((view: View, done: boolean) => void) | undefined;
}

/** Series of uPlot by index: time, lowest, mean, highest, the mean of before. */
const [LOW, MEAN, HIGH] = [1, 2, 3] as const;

/** Pixels beside the chart's own area (components/charts/MarkStrip stands under it); the left grows with the letters. */
const [LEFT, RIGHT] = [52, 24] as const;

export class Chart {
  readonly #plot: uPlot;
  readonly #watch: ResizeObserver;

  constructor(parts: ChartParts, data: Beside) {
    this.#plot = new uPlot(options(parts), data as uPlot.AlignedData, parts.target);
    this.#watch = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: parts.height });
    });
    this.#watch.observe(parts.target);
    touch(this.#plot, parts.zoom);
  }

  set(data: Beside): void {
    this.#plot.setData(data as uPlot.AlignedData);
  }

  destroy(): void {
    this.#watch.disconnect();
    this.#plot.destroy();
  }
}

function options({ target, look, height, number, time, steps, span, point, zoom }: ChartParts): uPlot.Options {
  const quiet = { stroke: 'transparent', width: 0, points: { show: false } };
  return {
    width: Math.max(100, target.clientWidth),
    height,
    padding: [10, RIGHT, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: zoom !== undefined, y: false, setScale: false, dist: 8 },
      // between two points of the line stand those of the line before: the nearest of our own is meant
      dataIdx: (plot, _, index) => nearest(plot.data[MEAN] ?? [], index),
      points: { size: 10, fill: look.line, stroke: look.line },
    },
    scales: { x: { time: true, range: () => span() }, y: { range: room } },
    series: [
      {},
      { ...quiet },
      { stroke: look.line, width: 2, points: { show: false }, spanGaps: false },
      { ...quiet },
      { stroke: look.text, width: 1.25, dash: [2, 4], alpha: 0.8, points: { show: false }, spanGaps: false },
    ],
    bands: [{ series: [HIGH, LOW], fill: look.band }],
    axes: [
      {
        stroke: look.text, font: look.font, size: 28 * look.scale, space: 64 * look.scale, gap: 6,
        grid: { show: false }, ticks: { show: false },
        incrs: steps,
        values: (_, splits) => splits.map((at) => time(at)),
      },
      {
        stroke: look.text, font: look.font, size: LEFT * look.scale, // the same for every chart, so that two side by side have their hours in the same places
        space: 36 * look.scale, gap: 8, ticks: { show: false },
        grid: { stroke: look.grid, width: 1 },
        values: (_, splits) => splits.map(number),
      },
    ],
    hooks: { setCursor: [(plot) => point(hit(plot))], setSelect: zoom ? [(plot) => select(plot, zoom)] : [] },
  };
}

/** Some air above and below, and never a flat line blown up into mountains. */
function room(_: uPlot, low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const span = Math.max(high - low, Math.abs(high) * 0.04, 1);
  const bottom = low - span * 0.12;
  return [low >= 0 && bottom < 0 ? 0 : bottom, high + span * 0.15];
}

function hit(plot: uPlot): number | null {
  const index = plot.cursor.idx;
  if (index === null || index === undefined || (plot.cursor.left ?? -1) < 0) return null;
  return plot.data[MEAN]?.[index] === undefined ? null : (plot.data[0][index] ?? null);
}

/** The index nearest to this one at which the line itself has a point. */
function nearest(column: ArrayLike<number | null | undefined>, index: number): number {
  for (let away = 0; away < column.length; away += 1) {
    if (column[index - away] !== undefined) return index - away;
    if (column[index + away] !== undefined) return index + away;
  }
  return index;
}

/** What the mouse drew over is looked at. */
function select(plot: uPlot, zoom: (view: View, done: boolean) => void): void {
  const { left, width } = plot.select;
  if (width <= 0) return;
  const view: View = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  zoom(view, true);
}

/** uPlot follows the mouse; a finger moves the cursor here, and the page still scrolls up and down. */
function touch(plot: uPlot, zoom?: (view: View, done: boolean) => void): void {
  let held: View | null = null;
  let view: View | null = null;
  const places = (event: TouchEvent): [number, number] => {
    const box = plot.over.getBoundingClientRect();
    const [one, two] = [...event.touches].map((it) => (it.clientX - box.left) / box.width).sort((a, b) => a - b);
    return [one ?? 0, two ?? 0];
  };
  const pinch = (event: TouchEvent): boolean => {
    if (!zoom || event.touches.length !== 2) return false;
    const found = places(event);
    const width = plot.over.clientWidth;
    held ??= [plot.posToVal(found[0] * width, 'x'), plot.posToVal(found[1] * width, 'x')];
    view = pinched(held, found) ?? view;
    if (view) zoom(view, false);
    return true;
  };
  const follow = (event: TouchEvent): void => {
    const finger = event.touches[0];
    if (!finger || pinch(event) || held) return;
    const box = plot.over.getBoundingClientRect();
    plot.setCursor({ left: finger.clientX - box.left, top: box.height / 2 });
  };
  plot.over.style.touchAction = 'pan-y';
  plot.over.addEventListener('touchstart', follow, { passive: true });
  plot.over.addEventListener('touchmove', follow, { passive: true });
  plot.over.addEventListener('touchend', (event) => {
    plot.setCursor({ left: -10, top: -10 });
    if (event.touches.length > 0) return;
    if (view && zoom) zoom(view, true);
    held = view = null;
  }, { passive: true });
}
