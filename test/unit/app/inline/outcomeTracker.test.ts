import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OutcomeTracker } from '../../../../src/app/inline/outcomeTracker.ts';
import type { Suggestion } from '../../../../src/app/inline/suggestion.ts';
import { makeOffer } from '../../../../src/app/inline/suggestion.ts';
import type { DecisionId } from '../../../../src/core/brand.ts';
import { at } from '../../core/inline/fimCase.ts';
import { FakeClock, makeArm } from './harness.ts';

interface Learnt {
  readonly id: string;
  readonly kind: string;
  readonly reward: number | undefined;
}

/** A document, a tracker, and an editor that reports changes like VS Code. */
class Editor {
  readonly clock = new FakeClock();
  readonly learnt: Learnt[] = [];
  readonly tracker: OutcomeTracker;
  text: string;
  #count = 0;

  constructor(text: string) {
    this.text = text;
    let baseline: unknown;
    this.tracker = new OutcomeTracker({
      now: () => this.clock.now,
      timers: this.clock,
      log: { info: () => undefined, warn: () => undefined, error: (message) => assert.fail(message) },
      learning: {
        correctedOutcome: (id, kind, { reward }) => {
          this.learnt.push({ id, kind, reward });
          return Promise.resolve();
        },
      },
      readText: (documentId, start, end) => (documentId === 'doc' ? this.text.slice(start, end) : undefined),
      onVerdict: () => undefined,
      baseline: { load: () => baseline, save: (state) => void (baseline = state) },
    });
  }

  show(text: string, covers = 0): Suggestion {
    this.#count += 1;
    const place = { cursor: at(`${this.text}<|fim|>`), languageId: 'typescript' };
    const offer = makeOffer(`d${this.#count}` as DecisionId, makeArm('one'), text, place);
    const suggestion = { offer, text, covers };
    this.tracker.shown('doc', this.text.length, suggestion);
    return suggestion;
  }

  change(offset: number, removed: number, text: string, isUndo = false): void {
    this.text = this.text.slice(0, offset) + text + this.text.slice(offset + removed);
    this.tracker.changed('doc', [{ offset, removed, text }], isUndo);
  }

  type(text: string): void {
    for (const key of text) {
      this.change(this.text.length, 0, key);
      this.tracker.moved('doc', this.text.length);
    }
  }

  /** In VS Code's order: the text, the selection, then the command. */
  accept({ offer, text }: Suggestion): void {
    this.change(this.text.length, 0, text);
    this.tracker.moved('doc', this.text.length);
    this.tracker.accepted(offer.decisionId, this.text.length);
  }

  get last(): Learnt | undefined {
    return this.learnt.at(-1);
  }
}

const editorWith = (text = 'const a = '): Editor => new Editor(text);

describe('following a suggestion', () => {
  it('accepted: learned once, and once more when it has survived', async () => {
    const editor = editorWith();
    editor.accept(editor.show('f(x);'));
    assert.deepEqual(
      editor.learnt.map(({ kind }) => kind),
      ['accepted'],
    );
    await editor.clock.advance(29_000);
    assert.equal(editor.learnt.length, 1);
    await editor.clock.advance(600_000);
    assert.deepEqual(
      editor.learnt.map(({ kind }) => kind),
      ['accepted', 'survived'],
    );
    assert.equal(editor.learnt[0]?.reward, editor.learnt[1]?.reward, 'what survives whole is worth the same');
    assert.equal(editor.tracker.size, 0, 'nothing is followed for ever');
    assert.equal(editor.clock.pending, 0);
  });

  it('accepted and rewritten: corrected downwards', async () => {
    const editor = editorWith();
    editor.accept(editor.show('compute(first);'));
    const offset = editor.text.indexOf('compute(first);');
    editor.change(offset, 'compute(first'.length, 'y');
    await editor.clock.advance(31_000);
    assert.equal(editor.last?.kind, 'survived');
    assert.ok((editor.last.reward ?? 1) < (editor.learnt[0]?.reward ?? 0));
  });

  it('accepted, with edits above it: found again', async () => {
    const editor = editorWith();
    editor.accept(editor.show('f(x);'));
    editor.change(0, 0, 'import { f } from "f";\n');
    await editor.clock.advance(31_000);
    assert.equal(editor.last?.reward, editor.learnt[0]?.reward);
  });

  it('undone right after: taken back', () => {
    const editor = editorWith();
    editor.accept(editor.show('f(x);'));
    editor.change(editor.text.length - 5, 5, '', true);
    assert.equal(editor.last?.kind, 'undone');
    assert.ok((editor.last.reward ?? 1) < (editor.learnt[0]?.reward ?? 0));
  });

  it('typed by hand to the end', async () => {
    const editor = editorWith();
    editor.show('f(x);');
    editor.type('f(x);');
    await editor.clock.advance(300);
    assert.equal(editor.last?.kind, 'typed-through');
  });

  it('typed by hand with brackets the editor closes', async () => {
    const editor = editorWith();
    editor.show('f(x)');
    editor.change(editor.text.length, 0, 'f');
    editor.change(editor.text.length, 0, '()');
    const inside = editor.text.length - 1;
    editor.change(inside, 0, 'x');
    assert.equal(editor.learnt.length, 0);
    await editor.clock.advance(2000);
    assert.equal(editor.tracker.visible?.whole, 'f(x)');
  });

  it('two words of it, then something else', async () => {
    const editor = editorWith();
    editor.show('one two three');
    editor.tracker.expectPartial();
    editor.change(editor.text.length, 0, 'one ');
    editor.type('x');
    await editor.clock.advance(300);
    assert.equal(editor.last?.kind, 'partial');
  });

  it('Esc', async () => {
    const editor = editorWith();
    editor.show('f(x);');
    assert.ok(editor.tracker.escaped());
    await editor.clock.advance(300);
    assert.equal(editor.last?.kind, 'rejected');
    assert.equal(editor.tracker.escaped(), undefined, 'not ours any more');
  });

  it('read and passed by; not read', async () => {
    for (const [ms, kind, learnt] of [
      [800, 'diverged', true],
      [200, 'unseen', false],
    ] as const) {
      const editor = editorWith();
      editor.show('f(x);');
      await editor.clock.advance(ms);
      editor.type('q');
      await editor.clock.advance(300);
      assert.equal(editor.last?.kind, kind);
      assert.equal(editor.last.reward !== undefined, learnt);
    }
  });

  it('the cursor went elsewhere', async () => {
    const editor = editorWith();
    editor.show('f(x);');
    await editor.clock.advance(900);
    editor.tracker.moved('doc', 0);
    await editor.clock.advance(300);
    assert.equal(editor.last?.kind, 'diverged');
  });

  it('the cursor event comes before the accept command', () => {
    const editor = editorWith();
    const { offer, text } = editor.show('f(x);');
    editor.tracker.moved('doc', editor.text.length + text.length);
    editor.change(editor.text.length, 0, text);
    editor.tracker.accepted(offer.decisionId, editor.text.length);
    assert.deepEqual(
      editor.learnt.map(({ kind }) => kind),
      ['accepted'],
    );
  });

  it('another suggestion takes its place; the same one does not', async () => {
    const editor = editorWith();
    const first = editor.show('f(x);');
    await editor.clock.advance(1000);
    editor.type('f');
    editor.tracker.shown('doc', editor.text.length, { ...first, text: '(x);' });
    await editor.clock.advance(1000);
    assert.equal(editor.learnt.length, 0);
    editor.show('g(y);');
    await editor.clock.advance(300);
    assert.equal(editor.last?.kind, 'superseded');
    assert.equal(editor.last.reward, undefined);
  });

  it('a document that was closed', async () => {
    const editor = editorWith();
    editor.accept(editor.show('f(x);'));
    editor.show('g(y);');
    editor.tracker.closed('doc');
    editor.text = 'other';
    await editor.clock.advance(600_000);
    assert.deepEqual(
      editor.learnt.map(({ kind }) => kind),
      ['accepted', 'unseen'],
    );
  });
});

describe('following suggestions, whatever happens', () => {
  it('each decision has one outcome at any time, rewards in [0, 1], and nothing is kept for ever', async () => {
    const action = fc.oneof(
      fc.constant('show' as const),
      fc.constant('accept' as const),
      fc.constant('escape' as const),
      fc.constant('type' as const),
      fc.constant('wrong' as const),
      fc.constant('undo' as const),
      fc.constant('move' as const),
      fc.constant('close' as const),
      fc.constant('clock' as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(action, fc.integer({ min: -2000, max: 40_000 })), { maxLength: 25 }),
        async (steps) => {
          const editor = editorWith();
          let shown: Suggestion | undefined;
          for (const [what, ms] of steps) {
            if (what === 'show') shown = editor.show('f(x);');
            else if (what === 'accept' && shown && editor.tracker.visible) editor.accept(shown);
            else if (what === 'escape') editor.tracker.escaped();
            else if (what === 'type') editor.type('f');
            else if (what === 'wrong') editor.type('q');
            else if (what === 'undo')
              editor.change(Math.max(0, editor.text.length - 5), Math.min(5, editor.text.length), '', true);
            else if (what === 'move') editor.tracker.moved('doc', 0);
            else if (what === 'close') editor.tracker.closed('doc');
            if (ms < 0) editor.clock.now += ms;
            else await editor.clock.advance(ms);
          }
          await editor.clock.advance(700_000);
          for (const { reward } of editor.learnt)
            assert.ok(reward === undefined || (0 <= reward && reward <= 1));
          for (const id of new Set(editor.learnt.map((each) => each.id))) {
            const kinds = editor.learnt
              .filter((each) => each.id === id)
              .map(({ kind, reward }) => `${kind}${reward}`);
            assert.ok(
              kinds.every((kind, i) => kind !== kinds[i - 1]),
              `${id} learnt twice: ${kinds.join()}`,
            );
          }
          assert.equal(editor.clock.pending, 0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('follows a bounded number', () => {
    const editor = editorWith();
    for (let i = 0; i < 1000; i += 1) editor.show('f(x);');
    assert.ok(editor.tracker.size <= 300);
  });
});
