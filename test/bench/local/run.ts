/**
 * npm run bench:local -- [--root DIR]... [--json OUT] [--positions N] [--tokens N] [--seed N]
 *
 * Quality, time and memory of the local model. Without --root: this repository and three large packages it depends on.
 * With one root the JSON has that root's numbers; with several, the worst of each, and all under `roots`.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readCorpus, split } from './corpus.ts';
import { drawPositions, measureQuality } from './quality.ts';
import type { Quality } from './quality.ts';
import { measureScale } from './scale.ts';
import type { Scale } from './scale.ts';

interface Report extends Quality, Scale {
  readonly root: string;
  readonly files: number;
  readonly modules: number;
  readonly heldOutFiles: number;
  readonly droppedCopies: number;
  readonly positions: number;
  readonly seed: number;
}

const { values: flags } = parseArgs({
  options: {
    root: { type: 'string', multiple: true },
    json: { type: 'string' },
    positions: { type: 'string', default: '3000' },
    tokens: { type: 'string', default: '5000000' },
    seed: { type: 'string', default: '1' },
  },
});
const PACKAGES = ['openai', 'playwright-core', 'zod'].map((name) => path.join('node_modules', name));
/** Share of the modules that is held out; several splits change the numbers only within their noise. */
const HELD_OUT = 0.15;

const seed = Number(flags.seed);
const reports: Report[] = [];
for (const root of flags.root ?? ['.', ...PACKAGES]) {
  const report = await measure(root);
  reports.push(report);
  print(report);
}
console.log(`\nFor the README, from this run:\n\n${table(reports)}`);
if (flags.json !== undefined) {
  const body = reports.length === 1 ? reports[0] : { ...worst(reports), roots: reports };
  writeFileSync(flags.json, `${JSON.stringify(body, undefined, 2)}\n`);
}

async function measure(root: string): Promise<Report> {
  const random = seeded(seed);
  const corpus = readCorpus(root);
  const parts = split(corpus, HELD_OUT, random);
  const positions = drawPositions(parts.heldOut, Number(flags.positions), random);
  const quality = measureQuality(parts, positions);
  const paths = parts.training.map((file) => path.resolve(root, file.path));
  const scale = await measureScale(paths, positions.slice(0, 1500), Number(flags.tokens));
  return {
    root,
    files: corpus.length,
    modules: parts.modules,
    heldOutFiles: parts.heldOut.length,
    droppedCopies: parts.dropped,
    positions: positions.length,
    seed,
    ...quality,
    ...scale,
  };
}

function print(report: Report): void {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { root, files, modules, heldOutFiles, droppedCopies, positions, threshold } = report;
  console.log(
    `\n${root}: ${files} files, ${modules} modules; ${heldOutFiles} files held out, ${droppedCopies} copies dropped`,
  );
  console.log(
    `  at threshold ${threshold}: precision ${percent(report.precision)}, coverage ${percent(report.coverage)} of ${positions} positions`,
  );
  const { baseline } = report;
  console.log(
    `  most recent matching line: precision ${percent(baseline.precision)}, coverage ${percent(baseline.coverage)}`,
  );
  for (const point of report.curve) {
    console.log(
      `    ${point.threshold.toFixed(2)}  precision ${percent(point.precision).padStart(7)}  coverage ${percent(point.coverage).padStart(7)}`,
    );
  }
  console.log(
    `  ${report.tokens} tokens (${report.copies} copies): index ${report.indexSeconds.toFixed(1)} s, ${report.peakMb.toFixed(0)} MB; ` +
      `query p50 ${report.p50Ms.toFixed(2)} ms, p99 ${report.p99Ms.toFixed(2)} ms ` +
      `(processor time ${report.busyP50Ms.toFixed(2)} and ${report.busyP99Ms.toFixed(2)} ms)`,
  );
}

/** The README's table. */
function table(all: readonly Report[]): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const pair = (a: number, b: number): string => `${a.toFixed(1)} / ${b.toFixed(1)}`;
  const rows = all.map((report) => [
    report.root === '.' ? 'this repository' : path.basename(report.root),
    percent(report.precision),
    percent(report.coverage),
    `${percent(report.baseline.precision)} / ${percent(report.baseline.coverage)}`,
    `${report.indexSeconds.toFixed(0)} s`,
    `${report.peakMb.toFixed(0)} MB`,
    pair(report.p50Ms, report.p99Ms),
    pair(report.busyP50Ms, report.busyP99Ms),
  ]);
  const head = ['root', 'precision', 'coverage', 'baseline precision / coverage', 'index', 'memory'];
  const times = ['query p50 / p99, ms', 'of that, processor'];
  const lines = [[...head, ...times], Array.from({ length: 8 }, () => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function worst(all: readonly Report[]): Partial<Report> {
  const least = (of: (report: Report) => number): number => Math.min(...all.map(of));
  const most = (of: (report: Report) => number): number => Math.max(...all.map(of));
  return {
    precision: least(({ precision }) => precision),
    coverage: least(({ coverage }) => coverage),
    indexSeconds: most(({ indexSeconds }) => indexSeconds),
    peakMb: most(({ peakMb }) => peakMb),
    p50Ms: most(({ p50Ms }) => p50Ms),
    p99Ms: most(({ p99Ms }) => p99Ms),
  };
}

/** mulberry32: the same sequence on every machine. */
function seeded(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
