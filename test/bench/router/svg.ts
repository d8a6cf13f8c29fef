/** The quality-cost and learning curves as plain SVG, one file for each dataset. */
import { datasetJson, type DatasetJson } from './json.ts';
import type { DatasetRun } from './report.ts';

const SHOWN = ['hindsight', 'full-info', 'pilot', 'pilot-paper', 'linucb', 'static-mix', 'random'];
const COLOURS = ['#888888', '#1f77b4', '#d62728', '#9467bd', '#2ca02c', '#ff7f0e', '#bcbd22'];
const [WIDTH, HEIGHT, MARGIN] = [640, 400, 56];

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Where the horizontal axis is marked, and with what. */
type Marks = readonly { readonly x: number; readonly text: string }[];

export function plots(runs: readonly DatasetRun[]): [string, string][] {
  return runs.map(datasetJson).flatMap((dataset) => {
    const slug = dataset.dataset.replace(/[^a-z0-9]+/gi, '-');
    return [
      [
        `${slug}-curve`,
        plot(
          `${dataset.dataset}: quality against budget`,
          'budget / cost of the best fixed model',
          costLines(dataset),
          marksOf(dataset.curves[0]?.points.map(({ fraction }) => fraction) ?? [], (fraction) => fraction),
        ),
      ],
      [
        `${slug}-learning`,
        plot(
          `${dataset.dataset}: quality against feedback`,
          'feedbacks',
          learningLines(dataset),
          marksOf(dataset.learning[0]?.points.map(({ feedbacks }) => feedbacks) ?? [], logScale),
        ),
      ],
    ] as [string, string][];
  });
}

const logScale = (feedbacks: number): number => Math.log10(1 + feedbacks);

const marksOf = (values: readonly number[], scale: (value: number) => number): Marks =>
  values.map((value) => ({ x: scale(value), text: String(value) }));

const colourOf = (policy: string): string => COLOURS[SHOWN.indexOf(policy)] ?? '#000000';

const costLines = ({ curves, bestFixed }: DatasetJson): Line[] =>
  curves
    .filter(({ policy }) => SHOWN.includes(policy))
    .map(({ policy, points }) => ({
      name: policy,
      colour: colourOf(policy),
      points: points.map(({ fraction, quality }) => ({ x: fraction, y: quality / bestFixed.quality })),
    }));

const learningLines = ({ learning }: DatasetJson): Line[] =>
  learning
    .filter(({ policy }) => SHOWN.includes(policy))
    .map(({ policy, points }) => ({
      name: policy,
      colour: colourOf(policy),
      points: points.map(({ feedbacks, quality }) => ({ x: logScale(feedbacks), y: quality })),
    }));

function plot(title: string, xLabel: string, lines: readonly Line[], marks: Marks): string {
  const points = lines.flatMap((line) => line.points);
  const [minX, maxX] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [minY, maxY] = [Math.min(...points.map(({ y }) => y)), Math.max(1, ...points.map(({ y }) => y))];
  const toX = (x: number): number => MARGIN + ((x - minX) / (maxX - minX || 1)) * (WIDTH - 2 * MARGIN);
  const toY = (y: number): number =>
    HEIGHT - MARGIN - ((y - minY) / (maxY - minY || 1)) * (HEIGHT - 2 * MARGIN);
  const path = ({ points: each }: Line): string =>
    each.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`).join(' ');
  // The product's line is drawn last, above others at the same height.
  const drawn = [...lines].sort((a, b) => Number(a.name === 'pilot') - Number(b.name === 'pilot'));
  const body = drawn.map(
    (line, i) =>
      `<path d="${path(line)}" fill="none" stroke="${line.colour}" stroke-width="2"/>` +
      `<text x="${WIDTH - MARGIN - 120}" y="${HEIGHT - MARGIN - 16 - 16 * (drawn.length - 1 - i)}" fill="${line.colour}">${line.name}</text>`,
  );
  const levels = [minY, (minY + maxY) / 2, maxY].map(
    (y) =>
      `<text x="8" y="${(toY(y) + 4).toFixed(1)}">${y.toFixed(3)}</text>` +
      rule([MARGIN, toY(y)], [WIDTH - MARGIN, toY(y)]),
  );
  const bottom = HEIGHT - MARGIN;
  const places = marks.map(
    ({ x, text }) =>
      rule([toX(x), bottom], [toX(x), bottom + 5]) +
      `<text x="${toX(x).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${MARGIN}" y="24" font-size="15">${title}</text>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 16}" text-anchor="middle">${xLabel}</text>`,
    ...levels,
    ...places,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

const rule = ([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#cccccc"/>`;
