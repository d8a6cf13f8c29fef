/** The differences between two versions of some lines, and the merge of two independent changes of the same lines. */
import { diffArrays } from 'diff';
import { commonEnds } from './lines.ts';

/** Lines `from` to `to` (exclusive) of the old version become `lines`. */
export interface LineHunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** With more removed and added lines the versions have little in common, so that one hunk replaces all. */
const MOST_EDITS = 1_500;

export function hunksBetween(old: readonly string[], fresh: readonly string[]): readonly LineHunk[] {
  const { head, tail } = commonEnds(old, fresh);
  const [from, to] = [head, old.length - tail];
  const lines = fresh.slice(head, fresh.length - tail);
  if (from === to && lines.length === 0) return [];
  const parts = diffArrays([...old.slice(from, to)], [...lines], { maxEditLength: MOST_EDITS });
  if (parts === undefined) return [{ from, to, lines }];
  const hunks: { from: number; to: number; lines: string[] }[] = [];
  let [at, open] = [from, false];
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      at += value.length;
      open = false;
      continue;
    }
    if (!open) hunks.push({ from: at, to: at, lines: [] });
    open = true;
    const hunk = hunks.at(-1);
    if (hunk && added) hunk.lines.push(...value);
    if (hunk && removed) hunk.to = at += value.length;
  }
  return hunks;
}

export interface Merged {
  readonly lines: readonly string[];
  /** Whether both changed the same lines, where `theirs` was kept. */
  readonly conflict: boolean;
}

/** Two changes of one base. Where both change the same lines, or add at the same place, only `theirs` stays. */
export function merge(base: readonly string[], mine: readonly string[], theirs: readonly string[]): Merged {
  const other = hunksBetween(base, theirs);
  const own = hunksBetween(base, mine);
  // Common changes are part of `theirs`.
  const differing = own.filter((hunk) => !other.some((each) => isSame(hunk, each)));
  const fitting = differing.filter((hunk) => !other.some((each) => collide(hunk, each)));
  const result: string[] = [];
  let at = 0;
  for (const { from, to, lines } of [...fitting, ...other].sort(inOrder)) {
    result.push(...base.slice(at, from), ...lines);
    at = to;
  }
  return { lines: [...result, ...base.slice(at)], conflict: fitting.length < differing.length };
}

const isSame = (a: LineHunk, b: LineHunk): boolean =>
  a.from === b.from && a.to === b.to && a.lines.join('') === b.lines.join('');

function collide(a: LineHunk, b: LineHunk): boolean {
  if (a.from === a.to && b.from === b.to) return a.from === b.from;
  return a.from < b.to && b.from < a.to;
}

/** Lines added at a place precede the replacement of the lines that begin there. */
const inOrder = (a: LineHunk, b: LineHunk): number => a.from - b.from || a.to - b.to;
