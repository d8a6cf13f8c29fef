/**
 * Comments and documents: the files they name exist, none of them is a document outside the repository, and they use no
 * word that leaves the subject open or is out of use.
 */
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

/** Files that esbuild.mjs builds, that the product or a command writes, or that belong to VS Code. */
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

/** Examples of names of a user's files in comments. */
const examples = new Set(['app.ts', 'src/app.ts', 'a/b/c.ts', 'secret.ts', 'notes.md']);

const commentsOf = (text: string): string =>
  [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g)].map(([comment]) => comment).join('\n');

/** `src/a/b.ts`, `b.ts`, `docs/c.md`; without addresses, patterns, and other file names. */
const namesIn = (text: string): string[] =>
  [
    ...text
      .replaceAll(/https?:\/\/\S+/g, '')
      .matchAll(/(?<![\w*{.<$-])((?:[\w.-]+\/)*[\w-]+(?:\.test|\.journey|\.d)?\.(?:ts|mjs|md))(?![\w*(])/g),
  ].map(([, name]) => name!);

/** Whether the name is a path from the root, or the end of one. */
const isThere = (name: string): boolean =>
  elsewhere.has(path.posix.basename(name)) ||
  examples.has(name) ||
  existsSync(path.join(root, name)) ||
  files.some((file) => file.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`));

/** Agentless subjects, words that are out of use, and British spelling; each has a plain replacement. */
const UNWANTED =
  /\b(?:anew|mend(?:s|ed|ing)?|fore(?:told|tells?)|dear(?:er|est|ly)?|so many|thus|hence|lest|whence|(?:no|some|any)body(?:'s)?|who(?:so)?ever|learnt|no more than one can|(?:neighbou|favou|colou|behaviou)r\w*|(?:normali|recogni|summari|tokeni)s(?:e|es|ed|ing)|cancell(?:ed|ing))\b/gi;

/** The unwanted words outside of code (backticks, code blocks) in a text. */
const unwantedIn = (text: string): string[] =>
  [...text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(UNWANTED)].map(([word]) => word);

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

  it('use plain words', () => {
    const found = [...sources, ...documents, 'CHANGELOG.md'].flatMap((file) => {
      if (file === 'test/unit/comments.test.ts') return [];
      const text = readFileSync(path.join(root, file), 'utf8');
      return unwantedIn(file.endsWith('.ts') ? commentsOf(text) : text).map((word) => `${file}: ${word}`);
    });
    assert.deepEqual(found, []);
  });

  it('would notice an unwanted word', () => {
    assert.deepEqual(unwantedIn(commentsOf('/** Nobody waits for the dearest. */')), ['Nobody', 'dearest']);
    assert.deepEqual(unwantedIn(commentsOf('// The size of `learnt`.\nconst nobody = "anew";')), []);
  });

  it('would notice a file that is gone', () => {
    assert.deepEqual(
      strays('a.ts', commentsOf('// See core/gone/nowhere.ts.\nconst x = "b/notAComment.ts";')),
      ['a.ts: core/gone/nowhere.ts'],
    );
    assert.deepEqual(strays('a.ts', commentsOf('/** As in README.md and src/core/money.ts. */')), []);
  });
});
