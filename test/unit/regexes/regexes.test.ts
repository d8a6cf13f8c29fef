/**
 * Each regular expression of src and media against texts that slow it down. The test counts steps and not milliseconds:
 * a text of 200 KB must not take more steps than V8 makes in 50 ms, in any pattern that may see one.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { attacks, repeats } from './attacks.ts';
import { OutOfSteps, parse, stepsOf } from './backtracking.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Places whose text is shorter than 200 KB, with the reason. All others must be linear. */
const BOUNDED: readonly { readonly in: string; readonly chars: number; readonly by: string }[] = [
  { in: 'src/core/features/task.ts', chars: 16_001, by: 'sample() in hashing.ts' },
  { in: 'src/core/features/language.ts', chars: 2001, by: 'OPENING and ENDING; fences are linear' },
  { in: 'src/core/features/structure.ts', chars: 4001, by: 'OPENING and ENDING' },
  { in: 'src/core/inline/repetition.ts', chars: 240, by: 'slice(-240)' },
  { in: 'src/core/inline/fim/infer.ts', chars: 2000, by: 'MAX_STRING of the settings reader' },
  { in: 'src/core/models/modelNames.ts', chars: 2000, by: 'MAX_STRING of the settings reader' },
  { in: 'src/providers/http/errors.ts', chars: 16_384, by: 'MAX_WORDS' },
];
const LARGEST = 200_000;
/** V8 makes about a thousand million steps a second, so that this is 50 ms. */
const MOST = 50_000_000;
const [SHORT, LONG] = [180, 720];
/** Linear work takes 4 times the steps for 4 times the text, quadratic 16. */
const LONGER = 8;

const trees = new Map<string, ts.SourceFile>();

interface Found {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

describe('regular expressions', () => {
  const found = globSync(['src/**/*.ts', 'media/**/*.ts'], { cwd: root }).flatMap(regexesIn);

  it('are found mechanically, literals and constructed ones', () => {
    assert.ok(found.length > 250);
    const constructed = globSync('src/**/*.ts', { cwd: root }).filter((file) => builds(file));
    assert.deepEqual(constructed, [], 'a pattern put together at run time cannot be checked here');
  });

  it('the count tells linear from quadratic, cubic and exponential patterns', () => {
    const isBad = (source: string, flags = '') => slowAgainst(parse(source, flags), LARGEST) !== undefined;
    for (const source of [
      '\\s+$',
      '<[^>]*>x?',
      '[-\\w]+\\*{3}',
      '(a*)*b',
      '(\\w+\\s?)*$',
      'a.*b',
      '(x+x+)+y',
    ])
      assert.ok(isBad(source, 'g'), source);
    for (const source of [
      '^\\s+$',
      '<[^<>]*>',
      '(?<![-\\w])[-\\w]+\\*{3}',
      '[^/]+',
      '(?:a|b)+c?',
      '.{0,30}x',
    ])
      assert.ok(!isBad(source, 'g'), source);
  });

  it('take steps in proportion to their text, whatever it is', () => {
    const slow = found.flatMap(({ file, line, source, flags }) => {
      const chars = BOUNDED.find((each) => each.in === file)?.chars ?? LARGEST;
      const text = slowAgainst(parse(source, flags), chars);
      return text === undefined ? [] : [`${file}:${line} /${source}/${flags} on ${JSON.stringify(text)}`];
    });
    assert.deepEqual(slow, []);
  }).timeout(60_000);
});

/** The beginning of a text that takes too many steps; undefined = none. */
function slowAgainst(literal: ReturnType<typeof parse>, chars: number): string | undefined {
  if (!repeats(literal)) return undefined;
  const longs = attacks(literal, LONG);
  for (const text of attacks(literal, SHORT)) {
    const next = longs.next();
    const long = next.done === true ? text : next.value;
    const times = chars / text.length;
    const steps = counted(literal, text, Math.max(400 * text.length, MOST / times ** 2));
    if (isTooSlow(steps, times, () => counted(literal, long, LONGER * steps))) return text.slice(0, 60);
  }
  return undefined;
}

/**
 * For a bounded text the work may grow with the square of its length; otherwise linearly, tested with four times the
 * text.
 */
function isTooSlow(steps: number, times: number, long: () => number): boolean {
  if (steps * times * times <= MOST) return false;
  return steps * times > MOST || long() === Infinity;
}

function counted(literal: ReturnType<typeof parse>, text: string, most: number): number {
  try {
    return stepsOf(literal, text, most);
  } catch (error) {
    if (error instanceof OutOfSteps) return Infinity;
    throw error;
  }
}

function regexesIn(file: string): Found[] {
  const tree = treeOf(file);
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
      const name = file.replaceAll('\\', '/');
      found.push({ file: name, line, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** `RegExp` as a value under any name, and functions that convert a string into a pattern. */
function builds(file: string): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    found ||= ts.isIdentifier(node) && node.text === 'RegExp';
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [pattern] = node.arguments;
      const takesPattern = ['match', 'matchAll', 'search'].includes(node.expression.name.text);
      found ||= takesPattern && pattern !== undefined && ts.isStringLiteralLike(pattern);
    }
    ts.forEachChild(node, visit);
  };
  visit(treeOf(file));
  return found;
}

function treeOf(file: string): ts.SourceFile {
  const known = trees.get(file);
  if (known) return known;
  const text = readFileSync(path.join(root, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  trees.set(file, tree);
  return tree;
}
