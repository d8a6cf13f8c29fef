/** Replaces a function or class of a file by the one of the same name in an answer. */
import { membersOf, namesake, onlyDeclaration, withComments } from './declarations.ts';
import type { Declaration } from './declarations.ts';
import { indentOf, reindentLines } from './indentation.ts';

export interface Near {
  /** Line of the selection or the cursor, from 0; it selects one of several declarations with the same name. */
  readonly near: number;
  readonly languageId: string;
}

/** Undefined where the block is not a single declaration, or the file has no or several declarations of its name. */
export function overNamesake(
  file: readonly string[],
  block: readonly string[],
  at: Near,
): readonly string[] | undefined {
  const { languageId } = at;
  const said = onlyDeclaration(block, languageId);
  if (said === undefined || said.to === said.head) return undefined;
  const old = namesake(file, said, at);
  if (old === undefined) return undefined;
  const pair = { said, old, languageId };
  const edits = leavesOutMembers(file, block, pair)
    ? memberEdits(file, block, pair)
    : [wholeEdit(file, block, said, old)];
  return edits && edited(file, edits);
}

/** `lines` replace those from `from` to `end` (exclusive). */
interface Edit {
  readonly from: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Undefined where two edits concern the same lines. */
function edited(file: readonly string[], edits: readonly Edit[]): readonly string[] | undefined {
  const result: string[] = [];
  let at = 0;
  for (const { from, end, lines } of edits.toSorted((a, b) => a.from - b.from || a.end - b.end)) {
    if (from < at) return undefined;
    for (let i = at; i < from; i += 1) result.push(file[i] ?? '');
    for (const line of lines) result.push(line);
    at = end;
  }
  for (let i = at; i < file.length; i += 1) result.push(file[i] ?? '');
  return result;
}

interface Pair {
  readonly said: Declaration;
  readonly old: Declaration;
  readonly languageId: string;
}

/** Decorators and comments that the block omits stay. */
function wholeEdit(
  file: readonly string[],
  block: readonly string[],
  said: Declaration,
  old: Declaration,
): Edit {
  const first = block.findIndex((line) => line.trim() !== '');
  const start = said.from < said.head ? old.from : old.head;
  const from = first < said.from ? withComments(file, start) : start;
  const lines = reindentLines(
    block.slice(first, said.to + 1),
    indentOf(file[old.head] ?? ''),
    said.head - first,
  );
  return { from, end: old.to + 1, lines };
}

function leavesOutMembers(
  file: readonly string[],
  block: readonly string[],
  { said, old, languageId }: Pair,
): boolean {
  if (!/^(?:class|interface|struct|trait)$/.test(said.keyword)) return false;
  const names = new Set(membersOf(block, said, languageId).map(({ name }) => name));
  return membersOf(file, old, languageId).some(({ name }) => !names.has(name));
}

/**
 * A class that contains only some of its methods keeps the others; undefined where the block contains more than
 * methods.
 */
function memberEdits(
  file: readonly string[],
  block: readonly string[],
  { said, old, languageId }: Pair,
): readonly Edit[] | undefined {
  const saidMembers = membersOf(block, said, languageId);
  const own = new Set(file.slice(old.from, old.to + 1).map((line) => line.trim()));
  const ofMembers = new Set(saidMembers.flatMap(({ from, to }) => linesFrom(from, to)));
  const others = linesFrom(said.head, said.to).filter((i) => !ofMembers.has(i) && block[i]?.trim() !== '');
  if (saidMembers.length === 0 || others.some((i) => !own.has(block[i]?.trim() ?? ''))) return undefined;
  const known = Map.groupBy(membersOf(file, old, languageId), ({ name }) => name);
  const edits: Edit[] = [];
  for (const member of saidMembers) {
    const [same, another] = known.get(member.name) ?? [];
    if (another !== undefined) return undefined;
    edits.push(
      same === undefined
        ? appendedTo(file, block.slice(member.from, member.to + 1), old.to)
        : wholeEdit(file, block.slice(member.from, member.to + 1), movedBy(member, -member.from), same),
    );
  }
  return edits;
}

const linesFrom = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

const movedBy = (declaration: Declaration, lines: number): Declaration => ({
  ...declaration,
  from: declaration.from + lines,
  head: declaration.head + lines,
  to: declaration.to + lines,
});

function appendedTo(file: readonly string[], lines: readonly string[], to: number): Edit {
  const closes = /^\s{0,80}(?:\}|end\b)/.test((file[to] ?? '').slice(0, 200));
  const at = closes ? to : to + 1;
  return { from: at, end: at, lines: ['', ...lines] };
}
