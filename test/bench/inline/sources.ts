/**
 * The typed text: real files of this repository and, since the practice models' skill differs by language, plain
 * functions in three more languages.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Source {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** The end of the text above the typed text, as much as the pipeline reads. */
  readonly above: string;
  /** Number of characters above the typed text; one file has 1 MB. */
  readonly aboveChars: number;
}

const REAL = [
  'src/core/inline/skip.ts',
  'src/core/inline/latency.ts',
  'src/core/inline/survival.ts',
  'src/app/inline/eligibility.ts',
];
const NAMES = [
  'add',
  'sum',
  'max',
  'area',
  'clamp',
  'is_empty',
  'square',
  'ratio',
  'greet',
  'total',
  'diff',
  'product',
];

const SECTION_CHARS = 300;
const SEEN_ABOVE = 24_000;

type Shape = (name: string, index: number) => string;
const SHAPES: Readonly<Record<string, readonly [extension: string, shape: Shape]>> = {
  javascript: ['js', (name, i) => `function ${name}${i}(a, b) {\n  return ${name}(a, b);\n}\n\n`],
  python: ['py', (name, i) => `def ${name}_${i}(a, b):\n    return ${name}(a, b)\n\n\n`],
  go: ['go', (name, i) => `func ${name}${i}(a int, b int) int {\n\treturn ${name}(a, b)\n}\n\n`],
  rust: ['rs', (name, i) => `fn ${name}_${i}(a: i64, b: i64) -> i64 {\n    return ${name}(a, b);\n}\n\n`],
};

/** The other files of the real files' folders, which the local model learns from; none of them is typed. */
export function neighbours(): readonly { readonly id: string; readonly text: string }[] {
  return [...new Set(REAL.map((path) => dirname(path)))]
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.ts') && !REAL.includes(path))
    .map((path) => ({ id: path, text: readFileSync(path, 'utf8') }));
}

/** Pieces of each file in turn, each with the text above it, as on a working day. */
export function sections(): readonly Source[] {
  const pieces = sources().map((source) => {
    const cuts: Source[] = [];
    for (let start = 0; start < source.text.length;) {
      const lineEnd = source.text.indexOf('\n', start + SECTION_CHARS);
      const end = lineEnd < 0 ? source.text.length : lineEnd + 1;
      cuts.push({
        ...source,
        text: source.text.slice(start, end),
        above: (source.above + source.text.slice(0, start)).slice(-SEEN_ABOVE),
        aboveChars: source.aboveChars + start,
      });
      start = end;
    }
    return cuts;
  });
  const longest = Math.max(...pieces.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => pieces.map((cuts) => cuts[i % cuts.length]))
    .flat()
    .filter((piece) => piece !== undefined);
}

export function sources(): readonly Source[] {
  const real = REAL.map((path): Source => {
    const text = readFileSync(path, 'utf8');
    return { path, languageId: 'typescript', text, above: '', aboveChars: 0 };
  });
  const made = Object.entries(SHAPES).map(([languageId, [extension, shape]]): Source => {
    const text = NAMES.map((name, i) => shape(name, i)).join('');
    return { path: `src/made.${extension}`, languageId, text, above: '', aboveChars: 0 };
  });
  const [first] = real;
  const large = real.map(({ text }) => text).join('\n');
  const copies = Math.ceil(1_000_000 / large.length);
  return first === undefined
    ? made
    : [
        ...interleave(real, made),
        {
          ...first,
          path: 'src/large.ts',
          above: large.slice(-SEEN_ABOVE),
          aboveChars: copies * large.length,
        },
      ];
}

const interleave = (a: readonly Source[], b: readonly Source[]): readonly Source[] =>
  a.flatMap((each, i) => [each, b[i]].filter((one) => one !== undefined));
