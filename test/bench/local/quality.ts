/**
 * Measures how often the rest of a line is proposed exactly. A position is a random column of a random non-blank
 * held-out line; the model sees the lines above it in the file and the training files, but nothing below.
 */
import { LOCAL_THRESHOLD } from '../../../src/core/local/localArm.ts';
import { LocalModel } from '../../../src/core/local/localModel.ts';
import type { SourceFile, Split } from './corpus.ts';

export interface Position {
  readonly prefix: string;
  /** The rest of the line without trailing white space. */
  readonly rest: string;
}

export interface Proposal {
  readonly confidence: number;
  readonly isExact: boolean;
}

export interface Point {
  readonly threshold: number;
  readonly precision: number;
  readonly coverage: number;
}

export interface Quality extends Point {
  readonly curve: readonly Point[];
  readonly baseline: { readonly precision: number; readonly coverage: number };
}

export function drawPositions(files: readonly SourceFile[], count: number, random: () => number): Position[] {
  const lines = files.flatMap(({ text }) => {
    const found: { text: string; start: number; end: number }[] = [];
    for (let start = 0; start < text.length;) {
      const at = text.indexOf('\n', start);
      const end = at < 0 ? text.length : at;
      const line = text.slice(start, end).trimEnd();
      if (line !== '') found.push({ text, start, end: start + line.length });
      start = end + 1;
    }
    return found;
  });
  return Array.from({ length: lines.length === 0 ? 0 : count }, () => {
    const { text, start, end } = lines[Math.floor(random() * lines.length)]!;
    const at = start + Math.floor(random() * (end - start));
    return { prefix: text.slice(0, at), rest: text.slice(at, end) };
  });
}

export function measureQuality({ training }: Split, positions: readonly Position[]): Quality {
  const model = new LocalModel({ maxTokens: 6_000_000 });
  for (const { path, text } of training) model.add(path, text);
  const proposals = positions.map(({ prefix, rest }): Proposal | undefined => {
    const said = model.complete({ prefix: prefix.slice(-12_000), suffix: '' });
    return said && { confidence: said.confidence, isExact: said.text === rest };
  });
  const thresholds = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
  return {
    ...pointAt(LOCAL_THRESHOLD, proposals),
    curve: thresholds.map((threshold) => pointAt(threshold, proposals)),
    baseline: measureBaseline(training, positions),
  };
}

function pointAt(threshold: number, proposals: readonly (Proposal | undefined)[]): Point {
  const made = proposals.filter((each) => each !== undefined && each.confidence >= threshold);
  const exact = made.filter((each) => each?.isExact).length;
  return {
    threshold,
    precision: made.length === 0 ? 0 : exact / made.length,
    coverage: proposals.length === 0 ? 0 : made.length / proposals.length,
  };
}

/** The rest of the most recent line with the same beginning: in the file itself, then in the training files. */
function measureBaseline(
  training: readonly SourceFile[],
  positions: readonly Position[],
): { readonly precision: number; readonly coverage: number } {
  const known = training
    .flatMap(({ text }) => text.split('\n'))
    .map((line, age) => ({ line: line.trim(), age }))
    .filter(({ line }) => line !== '')
    .sort((a, b) => (a.line < b.line ? -1 : a.line > b.line ? 1 : 0));
  let made = 0;
  let exact = 0;
  for (const { prefix, rest } of positions) {
    const begun = prefix.slice(prefix.lastIndexOf('\n') + 1).trimStart();
    if (begun === '') continue;
    const match = nearestAbove(prefix, begun) ?? newestKnown(known, begun);
    if (match === undefined) continue;
    made += 1;
    if (match.slice(begun.length) === rest) exact += 1;
  }
  return { precision: made === 0 ? 0 : exact / made, coverage: made / Math.max(1, positions.length) };
}

const nearestAbove = (prefix: string, begun: string): string | undefined =>
  prefix
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trim())
    .findLast((line) => line.length > begun.length && line.startsWith(begun));

function newestKnown(
  known: readonly { readonly line: string; readonly age: number }[],
  begun: string,
): string | undefined {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (known[middle]!.line < begun) low = middle + 1;
    else high = middle;
  }
  let best: { readonly line: string; readonly age: number } | undefined;
  for (let i = low; known[i]?.line.startsWith(begun); i += 1) {
    const each = known[i]!;
    if (each.line.length > begun.length && each.age > (best?.age ?? -1)) best = each;
  }
  return best?.line;
}
