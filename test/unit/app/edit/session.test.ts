import assert from 'node:assert/strict';
import type { RoutedEvent } from '../../../../src/app/ask/ask.ts';
import type { EditDeps } from '../../../../src/app/edit/ports.ts';
import { EditSession } from '../../../../src/app/edit/session.ts';
import type { Arm } from '../../../../src/core/arm.ts';
import type { DecisionId, NanoUsd } from '../../../../src/core/brand.ts';
import type { Decision } from '../../../../src/core/decision.ts';
import { FakeDocument } from '../../../fakes/editedDocument.ts';
import { seeded } from '../../../fakes/random.ts';
import { recordedEdits, type RecordedEdit } from './recordedEdits.ts';

interface Told {
  readonly kind: string;
  readonly reward: number | undefined;
  readonly weight: number;
}

const auto = { type: 'auto' } as const;

/** Answers in pieces; `between` runs before each. */
function world(answers: readonly string[], between: () => void = () => undefined, piece = 7) {
  const told: Told[] = [];
  const timers: { readonly ms: number; readonly action: () => void }[] = [];
  const asked: string[] = [];
  let next = 0;
  async function* run(request: Parameters<EditDeps['engine']['run']>[0]): AsyncGenerator<RoutedEvent> {
    const answer = answers[Math.min(next, answers.length - 1)] ?? '';
    next += 1;
    asked.push(request.messages.at(-1)?.content ?? '');
    const arm = { id: 'practice/a', label: 'A' } as unknown as Arm;
    yield { type: 'routed', decision: { id: `d${next}` as DecisionId } as Decision, arm };
    for (let at = 0; at < answer.length; at += piece) {
      if (request.signal.aborted) return;
      await Promise.resolve();
      between();
      yield { type: 'text', text: answer.slice(at, at + piece) };
    }
    yield {
      ...{ type: 'ended', costNano: 1 as NanoUsd, costSource: 'priced-usage', leftNano: undefined },
      ...{ finish: 'stop', usage: undefined },
    };
  }
  const deps: EditDeps = {
    engine: { run },
    learning: {
      correctedOutcome: (_id, kind, { reward, weight }) => {
        told.push({ kind, reward, weight });
        return Promise.resolve();
      },
    },
    timers: {
      after: (ms, action) => {
        const timer = { ms, action };
        timers.push(timer);
        return { dispose: () => void timers.splice(timers.indexOf(timer), 1) };
      },
    },
    log: { info: assert.fail, warn: assert.fail, error: (text, error) => assert.fail(`${text} ${String(error)}`) },
    newId: () => 'c1',
    now: () => 0,
  };
  return { deps, told, timers, asked };
}

/** What stands around the edited lines, and somebody who types there. */
class Typist {
  prefix: string;
  suffix: string;
  readonly #document: FakeDocument;
  readonly #random: () => number;

  constructor(document: FakeDocument, edit: RecordedEdit, random: () => number) {
    this.#document = document;
    this.#random = random;
    this.prefix = edit.prefix;
    this.suffix = edit.suffix;
  }

  type(): void {
    const isAbove = this.#random() < 0.5;
    const zone = isAbove ? this.prefix : this.suffix;
    if (zone === '') return;
    // Never into the line end that belongs to the edited lines, which a deletion would join to others.
    const at = Math.floor(this.#random() * zone.length);
    const most = Math.max(0, zone.length - 1 - at);
    const removed = this.#random() < 0.3 ? Math.min(most, Math.floor(this.#random() * 6)) : 0;
    const text = ['x', 'foo(', '\n', '  \n\n', 'é', '}'][Math.floor(this.#random() * 6)]!;
    const changed = zone.slice(0, at) + text + zone.slice(at + removed);
    const offset = (isAbove ? 0 : this.#document.text().length - zone.length) + at;
    if (isAbove) this.prefix = changed;
    else this.suffix = changed;
    this.#document.type({ start: offset, end: offset + removed, text });
  }
}

function begin(edit: RecordedEdit, deps: EditDeps): { document: FakeDocument; session: EditSession } {
  const document = new FakeDocument(edit.prefix + edit.original + edit.suffix);
  const region = { start: edit.prefix.length, end: edit.prefix.length + edit.original.length };
  const session = new EditSession(deps, document, { ...edit, region }, () => undefined);
  document.follow((changes, isUndo) => session.changed(changes, isUndo));
  return { document, session };
}

describe('edit in place: 200 recorded edits in 8 languages', () => {
  const edits = recordedEdits();

  it('each accepted result is the intended text, with what was typed elsewhere meanwhile', async () => {
    for (const [i, edit] of edits.entries()) {
      const random = seeded(i + 1);
      let typist: Typist | undefined;
      const type = (): void => void (random() < 0.1 && typist?.type());
      const { deps, told } = world([edit.answer], type, 1 + Math.floor(random() * 40));
      const { document, session } = begin(edit, deps);
      typist = new Typist(document, edit, random);
      document.meanwhile = () => void (random() < 0.2 && typist.type());
      const end = await session.ask(edit.instruction, auto);
      assert.equal(end.kind, 'changed', edit.name);
      for (let n = 0; n < 5; n += 1) typist.type();
      session.accept();
      assert.equal(document.text(), typist.prefix + edit.intended + typist.suffix, edit.name);
      assert.deepEqual(told, [{ kind: 'accepted', reward: 1, weight: 1 }], edit.name);
    }
  });

  it('each rejected one is the text before, with what was typed elsewhere meanwhile', async () => {
    for (const [i, edit] of edits.entries()) {
      const random = seeded(i + 1_001);
      let typist: Typist | undefined;
      const { deps, told } = world([edit.answer], () => void (random() < 0.1 && typist?.type()), 20);
      const { document, session } = begin(edit, deps);
      typist = new Typist(document, edit, random);
      document.meanwhile = () => void (random() < 0.2 && typist.type());
      await session.ask(edit.instruction, auto);
      for (let n = 0; n < 5; n += 1) typist.type();
      // One by one, in any order.
      const order = session.hunks.map(({ id }) => id).sort(() => random() - 0.5);
      for (const id of order) assert.equal(await session.reject((hunk) => hunk.id === id), 0, edit.name);
      assert.equal(document.text(), typist.prefix + edit.original + typist.suffix, edit.name);
      assert.deepEqual(told, [{ kind: 'rejected', reward: 0, weight: 1 }], edit.name);
    }
  });

  it('one undo brings the text before back, byte for byte, and teaches', async () => {
    for (const edit of edits) {
      const { deps, told } = world([edit.answer], undefined, 30);
      const { document, session } = begin(edit, deps);
      const before = document.text();
      await session.ask(edit.instruction, auto);
      document.undo();
      assert.equal(document.text(), before, edit.name);
      assert.equal(session.state, 'over', edit.name);
      assert.deepEqual(told, [{ kind: 'undone', reward: 0, weight: 1 }], edit.name);
    }
  });
});
