/** The same verdicts as the package `ignore`, without its running time on hostile patterns. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import ignore from 'ignore';
import { ignorePatterns } from '../../../src/core/ignorePatterns.ts';
import { stepsOf } from '../steps.ts';

describe('gitignore patterns', () => {
  const cases: readonly (readonly [
    pattern: string,
    matched: readonly string[],
    others: readonly string[],
  ])[] = [
    ['dist', ['dist', 'dist/a', 'x/dist', 'x/dist/b', 'DIST'], ['distance', 'adist']],
    ['dist/', ['dist/a', 'x/dist/b', 'dist/'], ['dist', 'x/dist']],
    ['/dist', ['dist', 'dist/a'], ['x/dist']],
    ['a/b', ['a/b', 'a/b/c'], ['x/a/b']],
    ['**/a/b', ['a/b', 'x/y/a/b'], ['a/x/b']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/x', 'ab']],
    ['*.log', ['x.log', 'y/x.log', '.log'], ['x.logs', 'log']],
    ['a?c', ['abc'], ['ac', 'a/c']],
    ['[a-c]x', ['ax', 'cx'], ['dx']],
    ['[!a]x', ['bx'], ['ax']],
    ['\\#x', ['#x'], ['x']],
    ['# x', [], ['# x', 'x']],
    ['x  ', ['x'], ['x  ']],
    ['x\r', ['x'], []],
    ['[x', ['[x'], ['x']],
  ];
  for (const [pattern, matched, others] of cases) {
    it(JSON.stringify(pattern), () => {
      const { ignores } = ignorePatterns([pattern]);
      for (const path of matched) assert.ok(ignores(path), path);
      for (const path of others) assert.ok(!ignores(path), path);
    });
  }

  it('the last pattern has the last word, but not within an ignored folder', () => {
    const { test } = ignorePatterns(['*.ts', '!a.ts', 'out/', '!out/b.js']);
    assert.deepEqual(test('a.ts'), { ignored: false, unignored: true });
    assert.deepEqual(test('b.ts'), { ignored: true, unignored: false });
    assert.deepEqual(test('out/b.js'), { ignored: true, unignored: false });
  });

  it('agree with the package on whatever patterns and paths', () => {
    const piece = fc.constantFrom('a', 'b', '*', '**', '?', '.', 'ab', '[ab]', '[!a]', 'A');
    const segment = fc
      .array(piece, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('').replaceAll('***', '*'));
    const pattern = fc
      .tuple(
        fc.constantFrom('', '', '!', '/'),
        fc.array(segment, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', '/'),
      )
      .map(([before, segments, after]) => before + segments.join('/') + after)
      .filter((text) => !/[^/]\*\*|\*\*[^/]/.test(text));
    const name = fc
      .array(fc.constantFrom('a', 'b', '.', 'ab'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(''));
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), path, (patterns, at) => {
        fc.pre(ignore.isPathValid(at));
        const theirs = ignore().add(patterns).test(at);
        assert.deepEqual(ignorePatterns(patterns).test(at), {
          ignored: theirs.ignored,
          unignored: theirs.unignored,
        });
      }),
      { numRuns: 1500, seed: 7 },
    );
  });

  const hostile = [
    '*a'.repeat(50),
    `${'**/a/'.repeat(30)}b`,
    `${'*a*/'.repeat(20)}b`,
    `*${'a'.repeat(200)}b`,
  ];
  for (const pattern of hostile) {
    it(`a hostile pattern takes no more work than the longest path has room for: ${pattern.slice(0, 12)}`, () => {
      const rules = ignorePatterns([`${pattern}c`]);
      const path = `${'a'.repeat(255)}/${'a/'.repeat(300)}${'a'.repeat(255)}`;
      const steps = stepsOf('/src/', () => assert.equal(rules.ignores(path), false));
      assert.ok(steps < 1_000_000, `${steps} steps`);
    });
  }
});
