import assert from 'node:assert/strict';
import type { CompletionEvent } from '../../../../src/app/call/routedCompletion.ts';
import type { EditSessionDeps } from '../../../../src/app/edit/ports.ts';
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
  async function* run(
    request: Parameters<EditSessionDeps['engine']['run']>[0],
  ): AsyncGenerator<CompletionEvent> {
    const answer = answers[Math.min(next, answers.length - 1)] ?? '';
    next += 1;
    const last = request.messages.at(-1)?.content;
    asked.push(typeof last === 'string' ? last : '');
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
  const deps: EditSessionDeps = {
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
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (text, error) => assert.fail(`${text} ${String(error)}`),
    },
    newId: () => 'c1',
    now: () => 0,
  };
  return { deps, told, timers, asked };
}

/** The lines around the edited ones, and a user who types there. */
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
    // Never into the line end of the edited lines, which a deletion would join to others.
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

function begin(edit: RecordedEdit, deps: EditSessionDeps): { document: FakeDocument; session: EditSession } {
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
      const live: { typist?: Typist } = {};
      const type = (): void => {
        if (random() < 0.1) live.typist?.type();
      };
      const { deps, told } = world([edit.answer], type, 1 + Math.floor(random() * 40));
      const { document, session } = begin(edit, deps);
      const typist = (live.typist = new Typist(document, edit, random));
      document.meanwhile = () => {
        if (random() < 0.2) typist.type();
      };
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
      const live: { typist?: Typist } = {};
      const type = (): void => {
        if (random() < 0.1) live.typist?.type();
      };
      const { deps, told } = world([edit.answer], type, 20);
      const { document, session } = begin(edit, deps);
      const typist = (live.typist = new Typist(document, edit, random));
      document.meanwhile = () => {
        if (random() < 0.2) typist.type();
      };
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
      document.splits = edit.name.includes('CRLF');
      await session.ask(edit.instruction, auto);
      await document.undo();
      assert.equal(document.text(), before, edit.name);
      assert.equal(session.state, 'over', edit.name);
      assert.deepEqual(told, [{ kind: 'undone', reward: 0, weight: 1 }], edit.name);
    }
  });
});

describe('edit in place', () => {
  const FILE = 'const a = 1;\nconst b = 2;\nconst c = 3;\nconst d = 4;\nconst e = 5;\n';
  const lines = (text: string): string => `\`\`\`ts\n${text}\`\`\`\n`;
  /** Edits the lines b to d. */
  const edit: RecordedEdit = {
    name: 'small',
    languageId: 'typescript',
    fileName: 'a.ts',
    instruction: 'Change it',
    prefix: 'const a = 1;\n',
    original: 'const b = 2;\nconst c = 3;\nconst d = 4;\n',
    intended: '',
    suffix: 'const e = 5;\n',
    answer: lines('const b = 20;\nconst c = 3;\nconst d = 40;\n'),
  };
  const done = 'const a = 1;\nconst b = 20;\nconst c = 3;\nconst d = 40;\nconst e = 5;\n';
  const place = (document: FakeDocument, text: string): { start: number; end: number } => {
    const start = document.text().indexOf(text);
    assert.ok(start >= 0, text);
    return { start, end: start + text.length };
  };

  it('one hunk accepted and one rejected are worth a half', async () => {
    const { deps, told, timers } = world([edit.answer]);
    const { document, session } = begin(edit, deps);
    await session.ask('x', auto);
    assert.equal(document.text(), done);
    const [first, second] = session.hunks;
    session.accept(({ id }) => id === first?.id);
    assert.deepEqual([session.state, told], ['reviewing', []]);
    await session.reject(({ id }) => id === second?.id);
    assert.equal(document.text(), FILE.replace('= 2', '= 20'));
    assert.deepEqual([session.state, told], ['over', [{ kind: 'partial', reward: 0.5, weight: 1 }]]);
    assert.deepEqual(
      timers.map(({ ms }) => ms),
      [30_000, 300_000],
    );
  });

  it('what was accepted and is rewritten within 30 s or 5 min is worth less', async () => {
    const { deps, told, timers } = world([edit.answer]);
    const { document, session } = begin(edit, deps);
    await session.ask('x', auto);
    session.accept();
    timers[0]?.action();
    assert.deepEqual(told.at(-1), { kind: 'survived', reward: 1, weight: 1 });
    for (const text of ['const b = 20;', 'const d = 40;'])
      document.type({ ...place(document, text), text: 'x' });
    timers[1]?.action();
    assert.deepEqual(told.at(-1), { kind: 'survived', reward: 0, weight: 1 });
  });

  it('a hunk that the user has changed by hand stays and is said; undone, it can be rejected', async () => {
    const { deps } = world([edit.answer]);
    const { document, session } = begin(edit, deps);
    await session.ask('x', auto);
    document.type({ ...place(document, '20'), text: '25' });
    assert.equal(await session.reject(), 1);
    assert.equal(document.text(), FILE.replace('= 2', '= 25'));
    await document.undo();
    await document.undo();
    assert.equal(await session.reject(), 0);
  });

  it('lines that the user changes in the middle of the answer are refused, and nothing of theirs is lost', async () => {
    const typed = 'const d = 4; // mine\n';
    const live: { document?: FakeDocument } = {};
    let count = 0;
    const type = (): void => {
      count += 1;
      if (live.document && count === 3)
        live.document.type({ ...place(live.document, 'const d = 4;\n'), text: typed });
    };
    const { deps, told } = world([edit.answer], type);
    const begun = begin(edit, deps);
    const document = (live.document = begun.document);
    const end = await begun.session.ask('x', auto);
    assert.equal(end.kind, 'conflict');
    assert.equal(document.text(), FILE.replace('const d = 4;\n', typed));
    assert.deepEqual([begun.session.state, told], ['over', []]);
  });

  it('lines of the region that the answer leaves alone take what the user types in them', async () => {
    const live: { document?: FakeDocument } = {};
    let count = 0;
    const type = (): void => {
      count += 1;
      if (live.document && count === 3)
        live.document.type({ ...place(live.document, 'c = 3'), text: 'c = 33' });
    };
    const { deps } = world([edit.answer], type);
    const begun = begin(edit, deps);
    const document = (live.document = begun.document);
    assert.equal((await begun.session.ask('x', auto)).kind, 'changed');
    assert.equal(document.text(), done.replace('c = 3', 'c = 33'));
    await begun.session.reject();
    assert.equal(document.text(), FILE.replace('c = 3', 'c = 33'));
  });

  for (const [why, answer] of [
    ['prose', 'I would rather leave it as it is, since nothing is wrong.'],
    ['elided', lines('// ... rest unchanged ...\nconst z = 9;\n// ... rest unchanged ...\n')],
    ['other-file', '```diff\n--- a/b.ts\n+++ b/b.ts\n@@ -1 +1 @@\n-const a = 1;\n+const a = 2;\n```\n'],
  ] as const) {
    it(`an answer that is refused (${why}) leaves the file as it was`, async () => {
      const { deps, told } = world([answer]);
      const { document, session } = begin(edit, deps);
      const end = await session.ask('x', auto);
      assert.deepEqual([end.kind, end.kind === 'refused' && end.why], ['refused', why]);
      assert.deepEqual([document.text(), session.state, told], [FILE, 'over', []]);
    });
  }

  it('an omission after lines that were shown takes these back', async () => {
    const answer = lines('const b = 20;\nconst q = 3;\n// ... rest unchanged ...\n...\nfoo();\n');
    const { deps } = world([answer]);
    const { document, session } = begin(edit, deps);
    assert.equal((await session.ask('x', auto)).kind, 'refused');
    assert.ok(document.writes > 1);
    assert.equal(document.text(), FILE);
  });

  it('stopped, what has arrived waits for a yes or no', async () => {
    const live: { begun?: ReturnType<typeof begin> } = {};
    const stop = (): void => {
      if (live.begun?.document.text().includes('b = 20') === true) live.begun.session.stop();
    };
    const { deps } = world([edit.answer], stop, 4);
    const { session, document } = (live.begun = begin(edit, deps));
    assert.equal((await session.ask('x', auto)).kind, 'stopped');
    assert.equal(session.state, 'reviewing');
    assert.equal(document.text(), FILE.replace('= 2', '= 20'));
    await session.reject();
    assert.equal(document.text(), FILE);
  });

  it('a follow-up goes on from what stands there, and all of it can be rejected', async () => {
    const { deps, asked } = world([edit.answer, lines('const b = 20;\nconst c = 30;\nconst d = 40;\n')]);
    const { document, session } = begin(edit, deps);
    await session.ask('x', auto);
    await session.ask('c too', auto);
    assert.ok(asked[1]?.includes('const b = 20;\nconst c = 3;'), asked[1]);
    assert.equal(document.text(), done.replace('c = 3', 'c = 30'));
    await session.reject();
    assert.equal(document.text(), FILE);
  });

  it('what was accepted before a follow-up stays accepted', async () => {
    const { deps, told } = world([edit.answer, lines('const b = 20;\nconst c = 30;\nconst d = 40;\n')]);
    const { document, session } = begin(edit, deps);
    await session.ask('x', auto);
    session.accept(({ id }) => id === 0);
    await session.ask('c too', auto);
    await session.reject();
    assert.equal(document.text(), FILE.replace('= 2', '= 20'));
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['accepted', 'rejected'],
    );
  });

  it('a retry asks of the lines as they were, and the former answer learns it', async () => {
    const { deps, asked, told } = world([edit.answer, lines('const b = 21;\nconst c = 3;\nconst d = 4;\n')]);
    const { document, session } = begin(edit, deps);
    await session.ask('x', auto);
    await session.askAgain(auto);
    assert.equal(asked[1], asked[0]);
    assert.equal(document.text(), FILE.replace('= 2', '= 21'));
    assert.deepEqual(told, [{ kind: 'retried', reward: 0, weight: 0.5 }]);
  });

  it('a file that cannot be written, and one that is closed, say so and teach nothing', async () => {
    const { deps, told } = world([edit.answer]);
    const { document, session } = begin(edit, deps);
    document.readOnly = true;
    assert.equal((await session.ask('x', auto)).kind, 'read-only');
    session.close();
    assert.deepEqual([document.text(), session.state, told], [FILE, 'over', []]);
  });

  it('the same lines again are no change', async () => {
    const { deps } = world([lines(edit.original)]);
    const { document, session } = begin(edit, deps);
    assert.equal((await session.ask('x', auto)).kind, 'unchanged');
    assert.deepEqual([document.text(), document.writes], [FILE, 0]);
  });

  it('a file of two megabytes takes an edit of a few of its lines', async () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `const line${i} = 'some text ${i}';\n`).join('');
    const large = { ...edit, prefix: many, suffix: many };
    const { deps } = world([edit.answer]);
    const { document, session } = begin(large, deps);
    await session.ask('x', auto);
    assert.equal(document.text(), many + 'const b = 20;\nconst c = 3;\nconst d = 40;\n' + many);
    await session.reject();
    assert.equal(document.text(), many + edit.original + many);
  });
});
