/** What comments and documents point at exists: a file that moved, or a document outside the repository, fails here. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync(
  [
    '*.{md,json,mjs}',
    '{.ci,.vscode,docs,l10n}/**',
    '{src,media,scripts,test}/**/*.{ts,css,json,md,svg,png,gz}',
    'dist/*.{js,cjs}',
  ],
  { cwd: root },
).map((file) => file.replaceAll(path.sep, '/'));
const sources = files.filter((file) => /^(src|media|scripts|test)\/.*\.ts$/.test(file));
const documents = ['README.md', 'CONTRIBUTING.md', ...files.filter((file) => /^docs\/.*\.md$/.test(file))];

/** Built by esbuild.mjs, written by the product or by a command, or VS Code's own. */
const elsewhere = new Set([
  'extension.cjs',
  'extension.js',
  'storageWorker.js',
  'localModelWorker.js',
  'settings.json',
  'month.json',
  'router.json',
  'budget.json',
  'OUT.json',
  'running.json',
]);

/** Names that a comment gives as examples of what a user's files may be called. */
const examples = new Set(['app.ts', 'src/app.ts', 'a/b/c.ts', 'secret.ts', 'notes.md']);

const commentsOf = (text: string): string =>
  [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g)].map(([comment]) => comment).join('\n');

/** `src/a/b.ts`, `b.ts`, `docs/c.md`; no addresses, patterns, or file names of the wide world. */
const namesIn = (text: string): string[] =>
  [
    ...text
      .replaceAll(/https?:\/\/\S+/g, '')
      .matchAll(/(?<![\w*{.<$-])((?:[\w.-]+\/)*[\w-]+(?:\.test|\.journey|\.d)?\.(?:ts|mjs|md))(?![\w*(])/g),
  ].map(([, name]) => name!);

/** Beside the file itself, from the root, or as the end of a path. */
const isThere = (name: string): boolean =>
  elsewhere.has(path.posix.basename(name)) ||
  examples.has(name) ||
  existsSync(path.join(root, name)) ||
  files.some((file) => file.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`));

function strays(file: string, text: string): string[] {
  return namesIn(text)
    .filter((name) => !isThere(name))
    .map((name) => `${file}: ${name}`);
}

describe('comments and documents', () => {
  it('name files that exist', () => {
    assert.ok(sources.length > 400 && documents.length >= 4);
    const found = [
      ...sources.flatMap((file) =>
        file === 'test/unit/comments.test.ts'
          ? []
          : strays(file, commentsOf(readFileSync(path.join(root, file), 'utf8'))),
      ),
      ...documents.flatMap((file) => strays(file, readFileSync(path.join(root, file), 'utf8'))),
    ];
    assert.deepEqual(found, []);
  });

  it('cite no design document outside the repository', () => {
    const outside =
      /\b(?:design|pilot-spec|rooms|style|field-20\d\d-\d\d|editor-assistants)\.md\b|\bissue \d+\b/;
    const found = [...sources, ...documents].filter((file) => {
      if (file === 'test/unit/comments.test.ts') return false;
      const text = readFileSync(path.join(root, file), 'utf8');
      return outside.test(file.endsWith('.ts') ? commentsOf(text) : text);
    });
    assert.deepEqual(found, []);
  });

  it('would notice a file that is gone', () => {
    assert.deepEqual(
      strays('a.ts', commentsOf('// See core/gone/nowhere.ts.\nconst x = "b/notAComment.ts";')),
      ['a.ts: core/gone/nowhere.ts'],
    );
    assert.deepEqual(strays('a.ts', commentsOf('/** As in README.md and src/core/money.ts. */')), []);
  });
});
