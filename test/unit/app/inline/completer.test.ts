import assert from 'node:assert/strict';
import { LOCAL_ARM } from '../../../../src/core/local/localArm.ts';
import { makeArm, makeBench, texts } from './harness.ts';
import type { Bench } from './harness.ts';

const sure = { text: 'local(y);', confidence: 0.9 };

async function answered(bench: Bench, marked: string): Promise<readonly string[]> {
  const call = bench.ask(marked);
  await bench.clock.advance(5000);
  return texts(call.done());
}

describe('one inline request', () => {
  it('waits for the typing to pause, then streams and shows', async () => {
    const bench = makeBench();
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(49);
    assert.equal(bench.engine.sent.length, 0);
    await bench.clock.advance(60);
    assert.equal(bench.engine.sent.length, 1);
    assert.deepEqual(texts(call.done()), ['f(x);']);
    assert.equal(call.done()?.source, 'remote');
  });

  it('sends nothing where the next key comes first', async () => {
    const bench = makeBench();
    for (const typed of ['c', 'co', 'con', 'cons', 'const']) {
      const call = bench.ask(`let x;\n${typed}<|fim|>\n`);
      await bench.clock.advance(30);
      call.cancel();
    }
    await bench.clock.advance(1000);
    assert.equal(bench.engine.sent.length, 0);
  });

  it('shows no half of a control token where the output cap cut the answer', async () => {
    for (const atCap of [true, false]) {
      const bench = makeBench();
      bench.engine.pieces = ['f(x);', '<|endo', 'ft'];
      bench.engine.atCap = atCap;
      assert.deepEqual(await answered(bench, 'const a = <|fim|>\n'), [atCap ? 'f(x);' : 'f(x);<|endoft']);
    }
  });

  it('answers from the cache while the user types along, without another request', async () => {
    const bench = makeBench();
    await answered(bench, 'const a = <|fim|>\n');
    const along = bench.ask('const a = f(<|fim|>)\n');
    await bench.clock.advance(0);
    assert.equal(along.done()?.source, 'cache');
    assert.deepEqual(texts(along.done()), ['x);']);
    assert.equal(along.done()?.suggestions[0]?.covers, 1);
    assert.equal(bench.engine.sent.length, 1);
  });

  it('shows what is at hand even after a finished statement', async () => {
    const bench = makeBench();
    bench.engine.pieces = ['f(x).then(y);'];
    await answered(bench, 'const a = <|fim|>\n');
    const along = bench.ask('const a = f(x)<|fim|>\n');
    await bench.clock.advance(0);
    assert.deepEqual(texts(along.done()), ['.then(y);']);
  });

  it('joins the request that runs, where the typing agrees with it', async () => {
    const bench = makeBench();
    bench.engine.pieces = ['first', 'Second', 'Third;'];
    const first = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(110);
    first.cancel();
    const second = bench.ask('const a = fi<|fim|>\n');
    await bench.clock.advance(500);
    assert.equal(second.done()?.source, 'joined');
    assert.deepEqual(texts(second.done()), ['rstSecondThird;']);
    assert.equal(bench.engine.sent.length, 1);
    assert.equal(bench.engine.sent[0]?.aborted(), false);
  });

  it('ends the request that runs, where the typing disagrees, and has one at a time', async () => {
    const bench = makeBench();
    bench.engine.pieces = ['first', 'Second', 'Third;'];
    const first = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(110);
    first.cancel();
    bench.ask('const a = new <|fim|>\n');
    assert.equal(bench.engine.sent[0]?.aborted(), true);
    await bench.clock.advance(500);
    assert.equal(bench.engine.sent.filter(({ aborted }) => !aborted()).length, 1);
  });

  it('ends a request that is no longer wanted', async () => {
    const bench = makeBench();
    bench.engine.pieces = ['first', 'Second', 'Third;'];
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(60);
    call.cancel();
    await bench.clock.advance(60);
    const isAborted = (): boolean | undefined => bench.engine.sent[0]?.aborted();
    assert.equal(isAborted(), false, 'the next call may want it');
    await bench.clock.advance(200);
    assert.equal(isAborted(), true);
  });

  it('ends the stream when the line is complete', async () => {
    const bench = makeBench();
    bench.engine.pieces = ['f(x);\n', 'more', 'and more'];
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(50 + 50);
    assert.deepEqual(texts(call.done()), ['f(x);']);
  });

  it('shows nothing of what comes after a cancellation', async () => {
    const bench = makeBench();
    bench.engine.deaf = true;
    bench.engine.pieces = ['first', 'Second'];
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(60);
    call.cancel();
    bench.completer.stop('doc');
    await bench.clock.advance(2000);
    assert.deepEqual(texts(call.done()), []);
  });

  it('goes on from the item selected in the list', async () => {
    const bench = makeBench();
    bench.engine.pieces = ['(value);'];
    const call = bench.ask('const a = pars<|fim|>\n', { selected: { text: 'parse', typed: 'pars' } });
    await bench.clock.advance(1000);
    assert.deepEqual(texts(call.done()), ['(value);']);
    const sentPrefix = bench.engine.sent[0]?.order.view.text;
    assert.ok(sentPrefix?.includes('const a = parse\n'));
  });
});

describe('who may answer', () => {
  const cases: readonly (readonly [string, (bench: Bench) => void, string | undefined])[] = [
    ['paid off', (bench) => (bench.settings = { ...bench.settings, paid: false }), 'paid-off'],
    [
      'no format',
      (bench) => (bench.arms = [makeArm('one', { fim: 'none' }), makeArm('two')]),
      'lacks-capability',
    ],
  ];
  for (const [name, prepare, reason] of cases) {
    it(name, async () => {
      const bench = makeBench([makeArm('one'), makeArm('two', { free: true })]);
      prepare(bench);
      await answered(bench, 'const a = <|fim|>\n');
      assert.equal(bench.engine.excluded[0]?.get('one'), reason);
      assert.equal(bench.engine.sent[0]?.arm.model, 'two');
    });
  }

  it('off sends nothing, whatever is typed and by whatever key', async () => {
    const bench = makeBench();
    bench.settings = { ...bench.settings, enabled: false };
    for (let i = 0; i < 20; i += 1) await answered(bench, `const a${i} = <|fim|>\n`);
    const call = bench.ask('const b = <|fim|>\n', { explicit: true });
    await bench.clock.advance(1000);
    assert.equal(texts(call.done()).length, 0);
    assert.equal(bench.engine.sent.length + bench.queries.length, 0);
  });

  it('paid off asks no paid arm, even by key', async () => {
    const bench = makeBench();
    bench.settings = { ...bench.settings, paid: false };
    await answered(bench, 'const a = <|fim|>\n');
    const call = bench.ask('const b = <|fim|>\n', { explicit: true });
    await bench.clock.advance(1000);
    assert.equal(texts(call.done()).length, 0);
    assert.equal(bench.engine.sent.length, 0);
  });

  it('a slow arm is left out, and asked for by key is not', async () => {
    const bench = makeBench();
    bench.engine.pieceMs = 4000;
    for (let i = 0; i < 6; i += 1) {
      bench.completer.typed(40);
      await answered(bench, `const a${i} = <|fim|>\n`);
    }
    bench.completer.typed(40);
    const before = bench.engine.sent.length;
    await answered(bench, 'const b = <|fim|>\n');
    assert.equal(bench.engine.sent.length, before);
    const call = bench.ask('const c = <|fim|>\n', { explicit: true });
    await bench.clock.advance(9000);
    assert.equal(texts(call.done()).length, 1);
  });

  it('paid requests are paced by the characters typed', async () => {
    const bench = makeBench();
    let typed = 40;
    for (let i = 0; i < 100; i += 1) {
      bench.completer.typed(3);
      typed += 3;
      await answered(bench, `const a${i} = <|fim|>\n`);
    }
    assert.ok(bench.engine.sent.length <= typed / 12 + 1e-9, `${bench.engine.sent.length} for ${typed}`);
    assert.ok(bench.engine.sent.length > 20);
  });

  it('the model stays the same within a burst', async () => {
    const bench = makeBench([makeArm('one', { free: true })]);
    await answered(bench, 'const a = <|fim|>\n');
    const call = bench.ask('const abc = <|fim|>\n');
    await bench.clock.advance(100);
    assert.equal(bench.engine.sent[1]?.order.sticky, bench.arms[0]?.id);
    call.cancel();
    await bench.clock.advance(60_000);
    await answered(bench, 'const abcd = <|fim|>\n');
    assert.equal(bench.engine.sent[2]?.order.sticky, undefined);
  });

  it('an arm whose answers can never be shown rests', async () => {
    const bench = makeBench([makeArm('one', { free: true })]);
    bench.engine.pieces = ['\u0000garbage'];
    for (let i = 0; i < 10; i += 1)
      await bench.clock.advance(0).then(() => answered(bench, `const a${i} = <|fim|>\n`));
    assert.equal(bench.engine.sent.length, 6);
    await bench.clock.advance(61_000);
    await answered(bench, 'const b = <|fim|>\n');
    assert.equal(bench.engine.sent.length, 7);
  });
});

describe('the local model as an arm', () => {
  it('answers at no cost, without a client', async () => {
    const bench = makeBench([LOCAL_ARM]);
    bench.local = sure;
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(51);
    assert.equal(call.done()?.source, 'local');
    assert.deepEqual(texts(call.done()), ['local(y);']);
  });

  it('is no choice where it has nothing to say, or is unsure', async () => {
    const bench = makeBench([LOCAL_ARM, makeArm('two')]);
    await answered(bench, 'const a = <|fim|>\n');
    bench.local = { text: 'maybe()', confidence: 0.1 };
    bench.completer.typed(40);
    await answered(bench, 'const b = <|fim|>\n');
    assert.deepEqual(
      bench.engine.sent.map(({ arm }) => arm.model),
      ['two', 'two'],
    );
  });

  it('goes on where paid is off', async () => {
    const bench = makeBench([makeArm('one'), LOCAL_ARM]);
    bench.local = sure;
    bench.settings = { ...bench.settings, paid: false };
    assert.deepEqual(await answered(bench, 'const a = <|fim|>\n'), ['local(y);']);
  });

  it('goes on where a remote arm fails or has nothing worth showing', async () => {
    const bench = makeBench([makeArm('one'), LOCAL_ARM]);
    bench.local = sure;
    bench.engine.pieces = [];
    assert.deepEqual(await answered(bench, 'const a = <|fim|>\n'), ['local(y);']);
    assert.deepEqual(
      bench.engine.sent.map(({ arm }) => arm.model),
      ['one', 'local'],
    );
  });

  it('is asked once where it was chosen at once', async () => {
    const bench = makeBench([LOCAL_ARM]);
    bench.local = { text: '   ', confidence: 0.9 };
    assert.deepEqual(await answered(bench, 'const a = <|fim|>\n'), []);
    assert.equal(bench.engine.sent.length, 1);
  });

  it('off is not even asked', async () => {
    const bench = makeBench([LOCAL_ARM]);
    bench.local = sure;
    bench.settings = { ...bench.settings, local: false };
    assert.deepEqual(await answered(bench, 'const a = <|fim|>\n'), []);
    assert.equal(bench.queries.length, 0);
  });

  it("sees the lines below the cursor's, not its rest", async () => {
    const bench = makeBench([LOCAL_ARM]);
    await answered(bench, 'const a = f(<|fim|>);\nnext();\n');
    assert.deepEqual(bench.queries[0], { prefix: 'const a = f(', suffix: 'next();\n' });
  });
});

describe('cycling', () => {
  it('gives each candidate to another arm, and no two alike', async () => {
    const bench = makeBench([LOCAL_ARM, makeArm('two'), makeArm('three'), makeArm('four')]);
    bench.local = sure;
    const call = bench.ask('const a = <|fim|>\n', { explicit: true });
    await bench.clock.advance(1000);
    assert.deepEqual(
      bench.engine.sent.map(({ arm }) => arm.model),
      ['local', 'two', 'three'],
    );
    assert.deepEqual(texts(call.done()), ['local(y);', 'f(x);']);
  });
});

describe('what must not be shown or sent', () => {
  const places: readonly (readonly [string, string, Parameters<Bench['ask']>[1]])[] = [
    ['a secret file', 'KEY=abc<|fim|>', { path: '.env', explicit: true }],
    [
      'a file of a secret folder that is the workspace',
      'region = <|fim|>',
      { path: 'config', documentId: 'file:///home/ann/.aws/config' },
    ],
    [
      'a private key above',
      `-----BEGIN PRIVATE KEY-----\nMIIE\n${'const a = 1;\n'.repeat(9)}const b = <|fim|>`,
      { explicit: true },
    ],
    ['a private key below', 'const b = <|fim|>\n-----BEGIN RSA PRIVATE KEY-----\nMIIE', {}],
    ['source control input', 'fix: the <|fim|>', { scheme: 'vscode-scm' }],
    ['several cursors', 'const a = <|fim|>', { cursors: 3 }],
  ];
  for (const [name, marked, change] of places) {
    it(name, async () => {
      const bench = makeBench();
      bench.local = sure;
      const call = bench.ask(marked, change);
      await bench.clock.advance(1000);
      assert.equal(call.done()?.source, 'skipped');
      assert.equal(bench.engine.sent.length + bench.queries.length, 0);
    });
  }

  it('an excluded file', async () => {
    const bench = makeBench();
    bench.settings = { ...bench.settings, excludedFiles: ['src/'] };
    assert.deepEqual(await answered(bench, 'const a = <|fim|>'), []);
    assert.equal(bench.engine.sent.length, 0);
  });

  for (const [name, pieces] of [
    ['nothing', []],
    ['garbage', ['\u0000\u0001\u0002']],
    ['an endless repetition', Array.from({ length: 500 }, () => 'ab ')],
  ] as const) {
    it(`an endpoint that streams ${name}`, async () => {
      const bench = makeBench();
      bench.engine.pieces = pieces;
      assert.deepEqual(await answered(bench, 'const a = <|fim|>'), []);
      assert.deepEqual(bench.problems, []);
    });
  }

  it('an engine that throws is logged, and the next request goes on', async () => {
    const bench = makeBench();
    bench.engine.throws = new Error('broken');
    assert.deepEqual(await answered(bench, 'const a = <|fim|>'), []);
    assert.equal(bench.errors.length, 1);
    bench.engine.throws = undefined;
    assert.deepEqual(await answered(bench, 'const b = <|fim|>'), ['f(x);']);
  });

  it('a failure is reported, and the next request goes on', async () => {
    const bench = makeBench();
    bench.engine.problem = { kind: 'no-models' };
    assert.deepEqual(await answered(bench, 'const a = <|fim|>'), []);
    assert.equal(bench.problems.length, 1);
    bench.engine.problem = undefined;
    bench.completer.typed(40);
    assert.deepEqual(await answered(bench, 'const b = <|fim|>'), ['f(x);']);
  });
});

describe('after acceptance', () => {
  it('asks nothing more on the finished line, and has the next line ready', async () => {
    const bench = makeBench([makeArm('one', { free: true })]);
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(1000);
    const [suggestion] = call.done()?.suggestions ?? [];
    assert.ok(suggestion);
    bench.completer.accepted('doc', suggestion.offer);
    assert.deepEqual(await answered(bench, 'const a = f(x<|fim|>\n'), []);
    const next = bench.ask('const a = f(x);\n<|fim|>\n');
    await bench.clock.advance(1000);
    assert.equal(next.done()?.source, 'remote');
    assert.equal(bench.engine.sent.length, 2);
  });

  it('a rejected suggestion is not offered again', async () => {
    const bench = makeBench([makeArm('one', { free: true })]);
    const call = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(1000);
    const [suggestion] = call.done()?.suggestions ?? [];
    assert.ok(suggestion);
    bench.completer.rejected(suggestion.offer.decisionId);
    const again = bench.ask('const a = <|fim|>\n');
    await bench.clock.advance(1);
    assert.notEqual(again.done()?.source, 'cache');
  });
});
