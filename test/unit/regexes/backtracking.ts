/**
 * A backtracking matcher that counts its steps. V8's matcher takes the same path through a pattern (one step is about a
 * nanosecond there), so a count replaces a time measurement on any machine.
 */
import { RegExpParser } from '@eslint-community/regexpp';
import type { AST } from '@eslint-community/regexpp';

export type Flags = Pick<AST.Flags, 'global' | 'ignoreCase' | 'multiline' | 'dotAll' | 'unicode'>;

/** Thrown where a match exceeds its steps. */
export class OutOfSteps extends Error {}

interface Run {
  readonly text: string;
  readonly groups: (string | undefined)[];
  steps: number;
  readonly most: number;
}

/** The rest of the pattern; returns the end of the match, or -1. */
type Then = (at: number) => number;
type Matcher = (run: Run, at: number, then: Then) => number;

export function parse(source: string, flags: string): AST.RegExpLiteral {
  return new RegExpParser({ ecmaVersion: 2025 }).parseLiteral(`/${source}/${flags}`);
}

/** Steps to find a match, or with the flag g all matches; throws `OutOfSteps` above `most`. */
export function stepsOf({ pattern, flags }: AST.RegExpLiteral, text: string, most: number): number {
  const match = disjunction(pattern.alternatives, flags);
  const run: Run = { text, groups: [], steps: 0, most };
  for (let at = 0; at <= text.length;) {
    const end = match(run, at, (position) => position);
    if (end >= 0 && !flags.global) break;
    at = Math.max(end, at + 1);
  }
  return run.steps;
}

function step(run: Run): void {
  run.steps += 1;
  if (run.steps > run.most) throw new OutOfSteps();
}

function disjunction(alternatives: readonly AST.Alternative[], flags: Flags): Matcher {
  const all = alternatives.map(({ elements }) => sequence(elements, flags));
  const [only] = all;
  if (only && all.length === 1) return only;
  return (run, at, then) => {
    for (const one of all) {
      step(run);
      const end = one(run, at, then);
      if (end >= 0) return end;
    }
    return -1;
  };
}

function sequence(elements: readonly AST.Element[], flags: Flags): Matcher {
  return elements
    .map((element) => matcherOf(element, flags))
    .reduceRight<Matcher>(
      (rest, first) => (run, at, then) => first(run, at, (end) => rest(run, end, then)),
      (_run, at, then) => then(at),
    );
}

function matcherOf(element: AST.Element, flags: Flags): Matcher {
  switch (element.type) {
    case 'Quantifier':
      return quantifier(element, flags);
    case 'Group':
      return disjunction(element.alternatives, flags);
    case 'CapturingGroup':
      return capture(element, flags);
    case 'Assertion':
      return assertion(element, flags);
    case 'Backreference':
      return (run, at, then) => {
        const same = run.groups[(element.resolved as AST.CapturingGroup).start] ?? '';
        run.steps += same.length;
        step(run);
        return run.text.startsWith(same, at) ? then(at + same.length) : -1;
      };
    default: {
      const accepts = acceptor(element, flags);
      return (run, at, then) => {
        step(run);
        return at < run.text.length && accepts(run.text.charAt(at)) ? then(at + 1) : -1;
      };
    }
  }
}

function capture(group: AST.CapturingGroup, flags: Flags): Matcher {
  const inner = disjunction(group.alternatives, flags);
  return (run, at, then) =>
    inner(run, at, (end) => {
      const former = run.groups[group.start];
      run.groups[group.start] = run.text.slice(at, end);
      const found = then(end);
      if (found < 0) run.groups[group.start] = former;
      return found;
    });
}

/** A loop for a single character; recursion for more, where an empty round ends it as in the language. */
function quantifier({ element, min, max, greedy }: AST.Quantifier, flags: Flags): Matcher {
  if (isSingle(element)) return single(acceptor(element, flags), min, max, greedy);
  const one = matcherOf(element, flags);
  const round = (run: Run, at: number, count: number, then: Then): number => {
    step(run);
    const more = (): number =>
      count >= max
        ? -1
        : one(run, at, (end) => (end === at && count >= min ? -1 : round(run, end, count + 1, then)));
    if (count < min) return more();
    const [first, second] = greedy ? [more, () => then(at)] : [() => then(at), more];
    const end = first();
    return end >= 0 ? end : second();
  };
  return (run, at, then) => round(run, at, 0, then);
}

function single(accepts: (char: string) => boolean, min: number, max: number, greedy: boolean): Matcher {
  return (run, at, then) => {
    const takes = (position: number): boolean => {
      step(run);
      return position < run.text.length && position - at < max && accepts(run.text.charAt(position));
    };
    let end = at;
    while (end - at < (greedy ? max : min) && takes(end)) end += 1;
    if (end - at < min) return -1;
    for (;;) {
      step(run);
      const found = then(end);
      if (found >= 0) return found;
      if (greedy ? end - at <= min : !takes(end)) return -1;
      end += greedy ? -1 : 1;
    }
  };
}

function assertion(node: AST.Assertion, flags: Flags): Matcher {
  if (node.kind === 'lookahead' || node.kind === 'lookbehind') {
    const inner = disjunction(node.alternatives, flags);
    const widest = node.kind === 'lookahead' ? 0 : lookBehindLength(node);
    return (run, at, then) => {
      step(run);
      let found = false;
      for (let back = 0; back <= Math.min(widest, at) && !found; back++)
        found = inner(run, at - back, (end) => (node.kind === 'lookahead' || end === at ? end : -1)) >= 0;
      return found === node.negate ? -1 : then(at);
    };
  }
  const holds = (text: string, at: number): boolean => {
    if (node.kind === 'start') return at === 0 || (flags.multiline && isLineEnd(text.charAt(at - 1)));
    if (node.kind === 'end') return at === text.length || (flags.multiline && isLineEnd(text.charAt(at)));
    const isEdge = /\w/.test(text.charAt(at - 1)) !== /\w/.test(text.charAt(at));
    return isEdge !== ('negate' in node && node.negate);
  };
  return (run, at, then) => {
    step(run);
    return holds(run.text, at) ? then(at) : -1;
  };
}

/** The patterns of this project look behind for a few characters only. */
const lookBehindLength = (node: AST.LookaroundAssertion): number =>
  Math.max(...node.alternatives.map(({ elements }) => elements.length));

const isLineEnd = (char: string): boolean => char !== '' && '\n\r\u2028\u2029'.includes(char);

export type Single = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;

export const isSingle = (element: AST.Element): element is Single =>
  ['Character', 'CharacterSet', 'CharacterClass', 'ExpressionCharacterClass'].includes(element.type);

/** By V8 itself, once for each character. */
export function acceptor(element: Single, flags: Flags): (char: string) => boolean {
  const own = `${flags.ignoreCase ? 'i' : ''}${flags.dotAll ? 's' : ''}${flags.unicode ? 'u' : ''}`;
  const native = new RegExp(`^${element.raw}$`, own);
  const known = new Map<string, boolean>();
  return (char) => {
    let answer = known.get(char);
    if (answer === undefined) known.set(char, (answer = native.test(char)));
    return answer;
  };
}
