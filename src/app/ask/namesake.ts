/** Replaces a function or class of a file by the one of the same name in an answer. */
import { membersOf, namesakes, onlyDeclaration, withComments } from './declarations.ts';
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
  { near, languageId }: Near,
): readonly string[] | undefined {
  const said = onlyDeclaration(block, languageId);
  if (said === undefined || said.to === said.head) return undefined;
  const all = namesakes(file, said, languageId);
  const holding = all.filter(({ from, to }) => from <= near && near <= to);
  const old = all.length === 1 ? all[0] : holding.length === 1 ? holding[0] : undefined;
  if (old === undefined) return undefined;
  const pair = { said, old, languageId };
  return leavesOutMembers(file, block, pair)
    ? withMembers(file, block, pair)
    : withWhole(file, block, said, old);
}

interface Pair {
  readonly said: Declaration;
  readonly old: Declaration;
  readonly languageId: string;
}

/** Decorators and comments that the block omits stay. */
function withWhole(
  file: readonly string[],
  block: readonly string[],
  said: Declaration,
  old: Declaration,
): readonly string[] {
  const first = block.findIndex((line) => line.trim() !== '');
  const start = said.from < said.head ? old.from : old.head;
  const from = first < said.from ? withComments(file, start) : start;
  const lines = reindentLines(
    block.slice(first, said.to + 1),
    indentOf(file[old.head] ?? ''),
    said.head - first,
  );
  return [...file.slice(0, from), ...lines, ...file.slice(old.to + 1)];
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
function withMembers(
  file: readonly string[],
  block: readonly string[],
  { said, old, languageId }: Pair,
): readonly string[] | undefined {
  const saidMembers = membersOf(block, said, languageId);
  const own = new Set(file.slice(old.from, old.to + 1).map((line) => line.trim()));
  const isMember = (i: number): boolean => saidMembers.some(({ from, to }) => from <= i && i <= to);
  const others = block.filter(
    (line, i) => i >= said.head && i <= said.to && !isMember(i) && line.trim() !== '',
  );
  if (saidMembers.length === 0 || others.some((line) => !own.has(line.trim()))) return undefined;
  let result: readonly string[] = file;
  for (const member of [...saidMembers].reverse()) {
    const known = membersOf(result, reach(result, old, file), languageId).filter(
      ({ name }) => name === member.name,
    );
    const [same] = known;
    if (known.length > 1) return undefined;
    const lines = block.slice(0, member.to + 1);
    if (same !== undefined) result = withWhole(result, lines.map(blankBefore(member.from)), member, same);
    else result = appended(result, block.slice(member.from, member.to + 1), reach(result, old, file).to);
  }
  return result;
}

const blankBefore =
  (from: number) =>
  (line: string, i: number): string =>
    i < from ? '' : line;

/** The class after changes inside it: its end moves by as many lines as the file has grown. */
const reach = (result: readonly string[], old: Declaration, file: readonly string[]): Declaration => ({
  ...old,
  to: old.to + result.length - file.length,
});

function appended(file: readonly string[], lines: readonly string[], to: number): readonly string[] {
  const closes = /^\s{0,80}(?:\}|end\b)/.test((file[to] ?? '').slice(0, 200));
  const at = closes ? to : to + 1;
  return [...file.slice(0, at), '', ...lines, ...file.slice(at)];
}
