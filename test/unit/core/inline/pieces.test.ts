import assert from 'node:assert/strict';
import fc from 'fast-check';
import { armId } from '../../../../src/core/brand.ts';
import { rankContext } from '../../../../src/core/inline/contextRanking.ts';
import { cursorText } from '../../../../src/core/inline/cursorText.ts';
import { debounceMs, initialDebounce, keystroke } from '../../../../src/core/inline/debounce.ts';
import { editDistance, similarity } from '../../../../src/core/inline/editDistance.ts';
import { expectedLatencyMs, initialLatency, observeLatency } from '../../../../src/core/inline/latency.ts';
import { wantsMultiline } from '../../../../src/core/inline/multiline.ts';
import {
  CHARS_PER_PAID_REQUEST,
  earn,
  initialPace,
  mayPay,
  spend,
} from '../../../../src/core/inline/pace.ts';
import { estimateTokens, fitCursorText } from '../../../../src/core/inline/promptBudget.ts';
import { isSubsequence, replacement } from '../../../../src/core/inline/replacement.ts';
import { extendBurst, stickyArm } from '../../../../src/core/inline/stickiness.ts';
import { kept, shift } from '../../../../src/core/inline/survival.ts';
import { at } from './fimCase.ts';

describe('text around the cursor', () => {
  it('has \\n line ends and whole characters, whatever the file has', () => {
    assert.deepEqual(cursorText('\ude00a\r\nb\rc', 'd\r\ne\ud83d'), { prefix: 'a\nb\nc', suffix: 'd\ne' });
  });
});

describe('debounce', () => {
  const bounds = { minMs: 50, maxMs: 400 };
  const typed = (gap: number, keys: number) => {
    let state = initialDebounce;
    for (let i = 0; i < keys; i += 1) state = keystroke(state, 1000 + i * gap);
    return debounceMs(state, 300, bounds);
  };
  it('waits longer for a slow typist', () => assert.ok(typed(280, 30) > typed(80, 30)));
  it('waits longer for a slow model', () => {
    assert.ok(debounceMs(initialDebounce, 2000, bounds) > debounceMs(initialDebounce, 100, bounds));
  });
  it('stays in bounds and survives clock jumps', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), fc.double({ noNaN: true }), (times, latency) => {
        const state = times.filter((time) => !Number.isNaN(time)).reduce(keystroke, initialDebounce);
        const wait = debounceMs(state, latency, bounds);
        assert.ok(bounds.minMs <= wait && wait <= bounds.maxMs);
      }),
    );
  });
  it('a pause to think says nothing about speed', () => {
    const state = keystroke(keystroke(initialDebounce, 0), 60_000);
    assert.equal(state.intervalMs, initialDebounce.intervalMs);
  });
});

describe('pace of paid requests', () => {
  it('never sends more than one for a number of characters, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 })), (bursts) => {
        let [pace, typed, sent] = [initialPace, 0, 0];
        for (const characters of bursts) {
          pace = earn(pace, characters);
          typed += characters;
          while (mayPay(pace)) {
            pace = spend(pace);
            sent += 1;
          }
        }
        assert.ok(sent <= typed / CHARS_PER_PAID_REQUEST + 1e-6);
      }),
    );
  });
});

const wellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

describe('prompt budget', () => {
  const text = fc.string({ unit: 'binary', maxLength: 600 });
  it('fits the total, keeps the text at the cursor, and cuts no character in half', () => {
    fc.assert(
      fc.property(text, text, fc.nat({ max: 200 }), (prefix, suffix, totalTokens) => {
        const fitted = fitCursorText({ prefix, suffix }, { totalTokens });
        assert.ok(prefix.endsWith(fitted.prefix) && suffix.startsWith(fitted.suffix));
        assert.ok(estimateTokens(fitted.prefix) + estimateTokens(fitted.suffix) <= totalTokens + 1);
        if (wellFormed(prefix)) assert.ok(wellFormed(fitted.prefix));
        if (wellFormed(suffix)) assert.ok(wellFormed(fitted.suffix));
      }),
    );
  });
  it('gives an unused suffix share to the prefix', () => {
    const prefix = 'const value = compute(first, second);\n'.repeat(200);
    const alone = fitCursorText({ prefix, suffix: '' }, { totalTokens: 400 });
    const both = fitCursorText({ prefix, suffix: prefix }, { totalTokens: 400 });
    assert.ok(alone.prefix.length > both.prefix.length);
  });
});

describe('context ranking', () => {
  const source = (path: string, text: string) => ({ path, text, kind: 'neighbour' as const, age: 0 });
  it('prefers what shares identifiers, and keeps to the budget', () => {
    const around = 'const parser = createParser(tokenStream, grammar);';
    const near = source('near.ts', 'export function createParser(tokenStream, grammar) {}');
    const far = source('far.ts', 'export const colours = [red, green, blue];');
    assert.deepEqual(
      rankContext(around, [far, near], 500).map(({ path }) => path),
      ['near.ts'],
    );
    assert.deepEqual(rankContext(around, [far, near], 3), []);
  });
});

describe('one line or many', () => {
  const cases: readonly (readonly [string, string, boolean, string?])[] = [
    ['after an opener with no body', 'if (x) {<|fim|>\n}\n', true],
    ['after an opener with a body', 'if (x) {<|fim|>\n  body();\n}\n', false],
    ['in the middle of a statement', 'const a = <|fim|>\n', false],
    ['blank first line of a body', 'if (x) {\n  <|fim|>\n}\n', true],
    ['blank line between statements', 'a();\n<|fim|>\nb();\n', false],
    ['python definition', 'def f():\n    <|fim|>\n', true, 'python'],
    ['prose', 'A line:\n<|fim|>\n', false, 'markdown'],
    ['a comment', '// see {<|fim|>\n', false],
    ['text after the cursor', 'if (x) {<|fim|> y\n', false],
  ];
  for (const [name, marked, expected, languageId = 'typescript'] of cases) {
    it(name, () => {
      const input = { cursor: at(marked), languageId, setting: 'auto' as const, explicit: false, tabSize: 2 };
      assert.equal(wantsMultiline(input), expected);
      assert.equal(wantsMultiline({ ...input, setting: 'always' }), true);
      assert.equal(wantsMultiline({ ...input, setting: 'never' }), false);
    });
  }
});

describe('what an accepted text replaces', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['nothing after', 'f(<|fim|>\n', 'x)', 'f(x)\n'],
    ['auto-closed bracket', 'f(<|fim|>)\n', 'x)', 'f(x)\n'],
    ['auto-closed bracket and terminator', 'f(<|fim|>);\n', 'x, y);', 'f(x, y);\n'],
    ['auto-closed, text goes on', 'f(<|fim|>)\n', 'x);', 'f(x);\n'],
    ['auto-closed bracket not said', 'f(<|fim|>)\n', 'x', 'f(x)\n'],
    ['quotes', "f('<|fim|>')\n", "x')", "f('x')\n"],
    ['terminator not said', 'a = <|fim|>;\n', 'f(x)', 'a = f(x);\n'],
    ['overlap', 'a = <|fim|>, b]\n', 'x, b', 'a = x, b]\n'],
    ['block behind an auto-closed brace', 'if (x) {<|fim|>}\n', '\n  y();\n}', 'if (x) {\n  y();\n}\n'],
  ];
  for (const [name, marked, text, expected] of cases) {
    it(name, () => {
      const cursor = at(marked);
      const put = replacement(text, cursor, 'typescript');
      assert.equal(cursor.prefix + put.text + cursor.suffix.slice(put.covers), expected);
      assert.ok(
        isSubsequence(cursor.suffix.slice(0, put.covers).trimEnd(), put.text),
        'VS Code would not show it',
      );
    });
  }
});

describe('latency', () => {
  const slow = armId('e', 'slow');
  it('follows what is measured, by size', () => {
    let state = initialLatency;
    for (let i = 0; i < 20; i += 1) {
      state = observeLatency(state, slow, { tokens: 200, ms: 300, at: i * 1000 });
      state = observeLatency(state, slow, { tokens: 8000, ms: 3000, at: i * 1000 });
    }
    const small = expectedLatencyMs(state, slow, 200, 20_000);
    const large = expectedLatencyMs(state, slow, 8000, 20_000);
    assert.ok(250 < small && small < 900, `${small}`);
    assert.ok(2000 < large && large < 5000, `${large}`);
  });
  it('one slow answer bars no arm', () => {
    const state = observeLatency(initialLatency, slow, { tokens: 200, ms: 3000, at: 0 });
    assert.ok(expectedLatencyMs(state, slow, 200, 0) < 1500);
  });
  it('an arm left out for being slow is tried again', () => {
    let state = initialLatency;
    for (let i = 0; i < 20; i += 1)
      state = observeLatency(state, slow, { tokens: 200, ms: 9000, at: i * 1000 });
    assert.ok(expectedLatencyMs(state, slow, 200, 20_000) > 3000);
    assert.ok(expectedLatencyMs(state, slow, 200, 20_000 + 6 * 3_600_000) < 1000);
  });
  it('is total and bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), fc.double(), fc.integer())), (samples) => {
        const state = samples.reduce(
          (s, [tokens, ms, at]) => observeLatency(s, slow, { tokens, ms, at }),
          initialLatency,
        );
        assert.ok(expectedLatencyMs(state, slow, 100, 0) > 0);
      }),
    );
  });
});

describe('stickiness', () => {
  const arm = armId('e', 'm');
  it('holds within a burst in one document, and ends', () => {
    let burst = extendBurst(undefined, 'doc', arm, 0);
    assert.equal(stickyArm(burst, 'doc', 3000), arm);
    assert.equal(stickyArm(burst, 'other', 3000), undefined);
    assert.equal(stickyArm(burst, 'doc', 20_000), undefined);
    assert.equal(stickyArm(burst, 'doc', -5), undefined);
    for (let i = 1; i < 6; i += 1) burst = extendBurst(burst, 'doc', arm, i * 1000);
    assert.equal(stickyArm(burst, 'doc', 6000), undefined);
  });
});

describe('survival', () => {
  it('an accepted text is found again after edits around it', () => {
    const apply = (text: string, edit: { offset: number; removed: number; with: string }) =>
      text.slice(0, edit.offset) + edit.with + text.slice(edit.offset + edit.removed);
    const edits = fc.array(
      fc.record({
        offset: fc.nat({ max: 20 }),
        removed: fc.nat({ max: 8 }),
        with: fc.string({ maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(edits, (all) => {
        let text = 'before;ACCEPTED;after';
        let stretch = { start: 7, end: 15 };
        for (const edit of all) {
          const legal = { ...edit, offset: Math.min(edit.offset, text.length) };
          const removed = Math.min(legal.removed, text.length - legal.offset);
          const touches = legal.offset < stretch.end && legal.offset + removed > stretch.start;
          if (touches) continue;
          text = apply(text, { ...legal, removed });
          stretch = shift(stretch, { offset: legal.offset, removed, inserted: legal.with.length });
        }
        const found = text.slice(stretch.start, stretch.end);
        assert.ok(found.includes('ACCEPTED'), `${text} at ${JSON.stringify(stretch)}`);
      }),
    );
  });
  it('shift keeps a stretch a stretch', () => {
    const n = fc.nat({ max: 30 });
    fc.assert(
      fc.property(n, n, n, n, n, (a, b, offset, removed, inserted) => {
        const moved = shift({ start: Math.min(a, b), end: Math.max(a, b) }, { offset, removed, inserted });
        assert.ok(moved.start <= moved.end);
      }),
    );
  });
  it('measures what is kept', () => {
    assert.equal(kept('f(a, b);', 'f(a,  b);\n'), 1);
    assert.ok(kept('f(a, b);', 'f(a, c);') > 0.8);
    assert.ok(kept('return sum(values);', 'x') < 0.2);
  });
  it('distance has the known values and laws', () => {
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(similarity('', ''), 1);
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (a, b) => {
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.equal(editDistance(a, b) === 0, a === b);
      }),
    );
  });
});
