import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitIndentation } from '../../../../src/core/edit/indent.ts';
import { hunksBetween, merge } from '../../../../src/core/edit/hunks.ts';
import { linesOf, replacementFor } from '../../../../src/core/edit/lines.ts';
import { editVerdict } from '../../../../src/core/edit/outcome.ts';
import { reviewOf, takeBack } from '../../../../src/core/edit/review.ts';
import { streamed } from '../../../../src/core/edit/streamed.ts';

const line = fc.constantFrom('a\n', 'b\n', 'c\n', '}\n', '\n');
const lines = fc.array(line, { maxLength: 12 });

const written = (text: string, edit: ReturnType<typeof replacementFor>): string =>
  edit ? text.slice(0, edit.start) + edit.text + text.slice(edit.end) : text;

describe('hunks', () => {
  it('the old lines with the hunks in them are the new ones', () => {
    fc.assert(
      fc.property(lines, lines, (old, fresh) => {
        const result: string[] = [];
        let at = 0;
        for (const { from, to, lines: added } of hunksBetween(old, fresh)) {
          assert.ok(at <= from && from <= to);
          result.push(...old.slice(at, from), ...added);
          at = to;
        }
        assert.deepEqual([...result, ...old.slice(at)], fresh);
      }),
    );
  });

  it('what is written turns one text into the other, and lines are the text', () => {
    fc.assert(
      fc.property(fc.string(), lines, lines, (before, old, fresh) => {
        assert.equal(linesOf(before).join(''), before);
        const edit = replacementFor(before.length, old, fresh);
        assert.equal(written(before + old.join(''), edit), before + fresh.join(''));
      }),
    );
  });

  it('a change goes together with none, with itself, and with one beside it in either order', () => {
    fc.assert(
      fc.property(lines, lines, (base, fresh) => {
        assert.deepEqual(merge(base, fresh, base), { lines: fresh, conflict: false });
        assert.deepEqual(merge(base, base, fresh), { lines: fresh, conflict: false });
        assert.deepEqual(merge(base, fresh, fresh), { lines: fresh, conflict: false });
        const [above, below] = [
          ['above\n', ...fresh],
          [...base, 'x\n', 'y\n', 'below\n'],
        ];
        const long = [...base, 'x\n', 'y\n'];
        const both = merge(long, [...above, 'x\n', 'y\n'], below);
        if (!both.conflict) assert.deepEqual(both.lines, [...above, 'x\n', 'y\n', 'below\n']);
      }),
    );
  });

  it('where both change the same line, theirs stays and it is said', () => {
    const merged = merge(['a\n', 'b\n', 'c\n'], ['a\n', 'mine\n', 'c\n'], ['a\n', 'theirs\n', 'c\n']);
    assert.deepEqual(merged, { lines: ['a\n', 'theirs\n', 'c\n'], conflict: true });
  });

  it('all taken back is the text before, one by one and at once', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'head\n'), lines, lines, (head, old, fresh) => {
        let text = head + fresh.join('');
        let hunks = reviewOf(head.length, old, fresh);
        const read = (start: number, end: number): string => text.slice(start, end);
        for (const { id } of hunks) {
          const back = takeBack(hunks, (hunk) => hunk.id === id, read);
          assert.equal(back.touched, 0);
          for (const edit of back.replacements) text = written(text, edit);
          hunks = back.hunks;
        }
        assert.equal(text, head + old.join(''));
      }),
    );
  });

  it('the lines of a finished stream are the new ones, and no old line is twice there on the way', () => {
    const old = ['a\n', 'b\n', 'c\n', 'd\n'];
    assert.deepEqual(streamed(old, ['a\n', 'x\n']), ['a\n', 'x\n', 'c\n', 'd\n']);
    assert.deepEqual(streamed(old, ['a\n', 'c\n']), ['a\n', 'c\n', 'd\n']);
    assert.deepEqual(streamed(old, ['new\n', 'a\n', 'b\n']), ['new\n', 'a\n', 'b\n', 'c\n', 'd\n']);
    assert.deepEqual(streamed([], ['a\n']), ['a\n']);
    const many = Array.from({ length: 1000 }, (_, i) => `${i}\n`);
    assert.equal(streamed(many, many), undefined);
  });

  it('indentation is fitted without a word changed', () => {
    fc.assert(
      fc.property(lines, lines, (block, old) => {
        const words = (all: readonly string[]): string[] => all.map((each) => each.trim());
        assert.deepEqual(words(fitIndentation(block, old, old)), words(block));
      }),
    );
  });
});

describe('the outcome of an edit', () => {
  const none = { accepted: 0, rejected: 0, undone: false, kept: {} };
  it('is the accepted share, corrected by what is kept', () => {
    assert.equal(editVerdict(none), undefined);
    assert.deepEqual(editVerdict({ ...none, accepted: 2 }), { kind: 'accepted', reward: 1, weight: 1 });
    assert.deepEqual(editVerdict({ ...none, accepted: 1, rejected: 3 }), {
      kind: 'partial',
      reward: 0.25,
      weight: 1,
    });
    assert.deepEqual(editVerdict({ ...none, rejected: 3 }), { kind: 'rejected', reward: 0, weight: 1 });
    const kept = (share: number) =>
      editVerdict({ ...none, accepted: 1, rejected: 1, kept: { '30s': 1, '5min': share } });
    assert.deepEqual(kept(1), { kind: 'survived', reward: 0.5, weight: 1 });
    assert.equal(kept(0.2)?.reward, 0);
    assert.equal(editVerdict({ ...none, accepted: 2, undone: true })?.reward, 0);
  });
});
