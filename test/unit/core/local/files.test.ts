import assert from 'node:assert/strict';
import { IgnoreRules } from '../../../../src/core/local/gitignore.ts';
import { isIndexablePath, isIndexableText, MAX_FILE_CHARS } from '../../../../src/core/local/indexable.ts';

describe('files worth learning from', () => {
  const yes = [
    'src/a.ts',
    'a.PY',
    'deep/er/Makefile',
    'Dockerfile',
    'a.test.tsx',
    'styles/x.css',
    'README.md',
  ];
  const no = [
    'node_modules/x/index.js',
    'a/node_modules/b.ts',
    'dist/app.min.js',
    'a.js.map',
    'package-lock.json',
    'logo.png',
    'font.woff2',
    '.git/config.ts',
    'a',
    'x.lock',
    'app.bundle.js',
  ];
  for (const path of yes) it(`${path}: yes`, () => assert.ok(isIndexablePath(path)));
  for (const path of no) it(`${path}: no`, () => assert.ok(!isIndexablePath(path)));

  const texts: readonly (readonly [string, string, boolean])[] = [
    ['source', 'const a = 1;\n'.repeat(20), true],
    ['empty', '', false],
    ['binary named .ts', 'const\u0000\u0001', false],
    ['a bundle', `var a=1;${'x'.repeat(5000)}\nb`, false],
    ['too large', 'a\n'.repeat(MAX_FILE_CHARS), false],
    ['one short line', 'export {};', true],
  ];
  for (const [name, text, expected] of texts) {
    it(`${name}: ${expected ? 'yes' : 'no'}`, () => assert.equal(isIndexableText(text), expected));
  }
});

describe('.gitignore files together', () => {
  const rules = new IgnoreRules();
  rules.add('', '*.log\nout/\n/only-root.ts\n');
  rules.add('packages/a', '!keep.log\ngenerated/\n');
  const cases: readonly (readonly [string, boolean])[] = [
    ['a.log', true],
    ['packages/b/x.log', true],
    ['packages/a/keep.log', false],
    ['packages/a/other.log', true],
    ['packages/a/generated/x.ts', true],
    ['packages/b/generated/x.ts', false],
    ['out/x.ts', true],
    ['packages/a/out/x.ts', true],
    ['only-root.ts', true],
    ['packages/only-root.ts', false],
    ['src/a.ts', false],
    ['../outside.ts', false],
  ];
  for (const [path, expected] of cases) {
    it(`${path}: ${expected ? 'ignored' : 'kept'}`, () => assert.equal(rules.isIgnored(path), expected));
  }
});
