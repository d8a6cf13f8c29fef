/** The frame of all plots: margins, grid, ticks, and the mapping from the unit square to pixels. */
import { svg } from './svg.ts';

interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top?: number;
  readonly xTicks?: readonly Tick[];
  readonly yTicks?: readonly Tick[];
  readonly xLabel?: string;
  readonly yLabel?: string;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(unit: number): number;
  /** 0 is the bottom. */
  y(unit: number): number;
  readonly grid: SVGGElement;
}

const tickHeight = 20;
const labelHeight = 16;
/** Pixels between the labels of two ticks. */
const tickGap = 10;

export function makeFrame(options: FrameOptions): Frame {
  const { width, height, xTicks = [], yTicks = [] } = options;
  const top = (options.top ?? 8) + (options.yLabel === undefined ? 0 : labelHeight);
  const bottom = height - tickHeight - (options.xLabel === undefined ? 0 : labelHeight);
  const right = Math.max(options.left + 40, width - options.right);
  const x = (unit: number): number => options.left + unit * (right - options.left);
  const y = (unit: number): number => bottom - unit * (bottom - top);
  const grid = svg('g', { class: 'grid', 'aria-hidden': 'true' });
  for (const { at, label } of yTicks) {
    grid.append(
      svg('line', { x1: options.left, x2: right, y1: y(at), y2: y(at) }),
      svg('text', { x: options.left - 6, y: y(at) + 4, 'text-anchor': 'end' }, label),
    );
  }
  for (const { at, label } of fitting(xTicks, right - options.left)) {
    grid.append(svg('text', { x: x(at), y: bottom + 15, 'text-anchor': anchor(at) }, label));
  }
  if (options.xLabel !== undefined) {
    grid.append(
      svg('text', { class: 'axis', x: right, y: height - 3, 'text-anchor': 'end' }, options.xLabel),
    );
  }
  if (options.yLabel !== undefined) grid.append(svg('text', { class: 'axis', x: 0, y: 11 }, options.yLabel));
  return { width, height, left: options.left, right, top, bottom, x, y, grid };
}

/** Every nth tick, with the smallest n at which labels do not touch. */
function fitting(ticks: readonly Tick[], width: number): readonly Tick[] {
  for (let step = 1; step < ticks.length; step++) {
    const kept = ticks.filter((_, i) => i % step === 0);
    const clear = kept.every((tick, i) => {
      const next = kept[i + 1];
      if (next === undefined) return true;
      return (next.at - tick.at) * width >= (textWidth(tick.label) + textWidth(next.label)) / 2 + tickGap;
    });
    if (clear) return kept;
  }
  return ticks.slice(0, 1);
}

const anchor = (at: number): string => (at < 0.02 ? 'start' : at > 0.98 ? 'end' : 'middle');

/** Width in pixels for the labels on the left, from their length. */
export const labelRoom = (labels: readonly string[], most: number): number =>
  Math.min(most, 14 + Math.max(0, ...labels.map(textWidth)));

/** The label cut to the available width; the mark's text and the table have it in full. */
export function cut(label: string, pixels: number): string {
  if (textWidth(label) <= pixels) return label;
  for (let length = label.length - 1; length > 2; length--) {
    const shorter = `${label.slice(0, length).trimEnd()}…`;
    if (textWidth(shorter) <= pixels) return shorter;
  }
  return `${label.slice(0, 2)}…`;
}

let measure: CanvasRenderingContext2D | null | undefined;

/** Width of the label in pixels in the style sheet's plot font, bold, its widest form. */
export function textWidth(label: string): number {
  measure ??= document.createElement('canvas').getContext('2d');
  if (!measure) return label.length * 7;
  measure.font = `700 11.5px ${getComputedStyle(document.body).fontFamily}`;
  return measure.measureText(label).width;
}
