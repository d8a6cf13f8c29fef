/**
 * Six shapes for six series: color alone does not distinguish them in high contrast, in print, or for color-blind
 * users.
 */
import { path, svg } from './svg.ts';

type Point = readonly [x: number, y: number];

const corners: readonly (readonly Point[] | undefined)[] = [
  undefined,
  [[-4, -4], [4, -4], [4, 4], [-4, 4]], // prettier-ignore
  [[0, -5], [5, 4], [-5, 4]], // prettier-ignore
  [[0, -5], [5, 0], [0, 5], [-5, 0]], // prettier-ignore
  [[0, 5], [5, -4], [-5, -4]], // prettier-ignore
  [[-1.5, -5], [1.5, -5], [1.5, -1.5], [5, -1.5], [5, 1.5], [1.5, 1.5], [1.5, 5], [-1.5, 5], [-1.5, 1.5], [-5, 1.5], [-5, -1.5], [-1.5, -1.5]], // prettier-ignore
];

export function symbol(index: number, x: number, y: number, kind: string): SVGElement {
  const shape = corners[index % corners.length];
  if (shape === undefined) return svg('circle', { class: kind, cx: x, cy: y, r: 4.5 });
  const points = shape.map(([dx, dy]): Point => [x + dx, y + dy]);
  return svg('path', { class: kind, d: `${path(points)}Z` });
}
