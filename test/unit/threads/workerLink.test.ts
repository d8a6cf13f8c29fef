import assert from 'node:assert/strict';
import type { AnswerOf, ArgumentsOf, Reply } from '../../../src/threads/operations.ts';
import { WorkerLink } from '../../../src/threads/workerLink.ts';
import type { operations } from './parrot.ts';

/** The results of the parrot's operations without their envelope. */
type Parrot = {
  readonly [Op in keyof ReturnType<typeof operations>]: (
    ...argument: ArgumentsOf<ReturnType<typeof operations>, Op>
  ) => AnswerOf<ReturnType<typeof operations>, Op> extends { readonly value: infer V } ? V : never;
};

describe('the link to a worker thread', () => {
  let link: WorkerLink<Parrot, string>;
  let lost: string[];
  let replies: Reply<string>[];
  const linkTo = (workerPath: string | URL): typeof link =>
    new WorkerLink<Parrot, string>({
      name: 'The parrot',
      workerPath,
      thread: () => ({}),
      onReply: (reply) => replies.push(reply),
      onLost: ({ message }) => lost.push(message),
    });
  beforeEach(() => {
    [lost, replies] = [[], []];
    link = linkTo(new URL('parrot.ts', import.meta.url));
  });
  afterEach(() => link.close());

  it('gives each question its own answer, whichever comes first', async () => {
    const [slow, quick, refused] = await Promise.all([
      link.ask('sayInSteps', ['slow', 20]),
      link.ask('say', ['quick']),
      link.ask('refuse', ['no']),
    ]);
    assert.deepEqual(
      [slow, quick],
      [
        { ok: true, value: 'slow' },
        { ok: true, value: 'quick' },
      ],
    );
    assert.deepEqual(refused, { ok: false, error: 'no' });
    assert.equal(await link.askOr('refuse', ['no'], 'else' as never), 'else');
  });

  it('tells of a question that goes on', async () => {
    let steps = 0;
    await link.ask('sayInSteps', ['slow', 1], { onProgress: () => (steps += 1) });
    assert.equal(steps, 1);
    assert.equal(replies.length, 2);
  });

  it('after the deadline says so, and hands the late answer over', async () => {
    const late = new Promise((resolve) => {
      void link.ask('sayInSteps', ['late', 60], { deadlineMs: 1, onLate: resolve }).then((answer) => {
        assert.equal(!answer.ok && typeof answer.error === 'object' && answer.error.kind, 'busy');
      });
    });
    assert.equal(await late, 'late');
  });

  it('a question that cannot be sent is its caller’s mistake and harms no other', async () => {
    const answer = await link.ask('say', [(() => undefined) as unknown as string]);
    assert.equal(!answer.ok && typeof answer.error === 'object' && answer.error.kind, 'bad-request');
    assert.deepEqual(await link.ask('say', ['on']), { ok: true, value: 'on' });
  });

  it('starts the thread four times, then leaves it', async () => {
    for (let death = 1; death <= 4; death += 1) {
      assert.equal(link.isGone, false);
      const [died, open] = await Promise.all([link.ask('die', []), link.ask('sayInSteps', ['never', 1])]);
      assert.deepEqual([died.ok, open.ok], [false, false]);
      assert.equal(lost.length, death);
    }
    assert.equal(link.isGone, true);
    assert.equal((await link.ask('say', ['hello'])).ok, false);
    assert.equal(lost.length, 4);
  });

  it('what is open when it is closed ends, and nothing starts again', async () => {
    const open = link.ask('sayInSteps', ['never', 10_000]);
    await link.close();
    assert.equal((await open).ok, false);
    assert.equal((await link.ask('say', ['hello'])).ok, false);
    assert.deepEqual([lost, link.isGone, link.isRunning], [[], true, false]);
  });
});
