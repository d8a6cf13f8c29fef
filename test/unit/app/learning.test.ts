/** What was learnt is a fold over a log that may be long: it is folded once, and saved on the way. */
import assert from 'node:assert/strict';
import { learnerCodec } from '../../../src/app/engine.ts';
import { Learning } from '../../../src/app/learning.ts';
import type { DecisionLog, LogEntry } from '../../../src/app/ports.ts';
import type { DecisionId } from '../../../src/core/brand.ts';
import { Learner, type LearnerSpec } from '../../../src/core/learner.ts';
import { PILOT } from '../../../src/core/preset.ts';
import { routedLog } from '../../fakes/routedLog.ts';
import { testSpace } from '../../fakes/space.ts';

const space = testSpace();
const spec: LearnerSpec = {
  spaceId: space.id,
  dimension: space.dimension,
  learnt: space.learnt,
  preset: PILOT,
  priorFor: () => ({ theta: space.models.base, accuracy: 0.6 }),
};
const logged = routedLog({ seed: 3, prompts: 40, start: 0, days: 1, budget: 1 }).logged;

/** Decisions only, as of somebody who never rates. */
const decisions = (count: number): readonly LogEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    seq: n + 1,
    type: 'decision',
    decision: { ...logged[n % logged.length]!.decision, id: `d${n}` as DecisionId },
  }));

/** In memory; refuses to be read beyond `breaksAt`, as a window that is closed meanwhile. */
class MemoryDecisionLog implements DecisionLog {
  readonly readFrom: number[] = [];
  snapshot: { seq: number; state: unknown } | undefined;
  breaksAt = Infinity;
  readonly #entries: LogEntry[];

  constructor(entries: readonly LogEntry[]) {
    this.#entries = [...entries];
  }
  append = (): Promise<void> => Promise.reject(new Error('not asked for here'));
  record = (): Promise<void> => Promise.reject(new Error('not asked for here'));
  read = (after: number, limit: number): Promise<readonly LogEntry[]> => {
    this.readFrom.push(after);
    if (after >= this.breaksAt) return Promise.reject(new Error('closed'));
    return Promise.resolve(this.#entries.slice(after, after + limit));
  };
  decision = (): Promise<undefined> => Promise.resolve(undefined);
  loadSnapshot = (): Promise<{ seq: number; state: unknown } | undefined> => Promise.resolve(this.snapshot);
  saveSnapshot = (seq: number, state: unknown): Promise<void> => {
    this.snapshot = { seq, state: JSON.parse(JSON.stringify(state)) };
    return Promise.resolve();
  };
  /** As the store does: what was read is kept apart, with the reason, and is not read again. */
  readonly aside: { readonly reason: string; readonly state: unknown }[] = [];
  quarantineSnapshot = (reason: string): Promise<void> => {
    assert.ok(this.snapshot, 'there is nothing to set aside');
    this.aside.push({ reason, state: this.snapshot.state });
    this.snapshot = undefined;
    return Promise.resolve();
  };
}

const learningOver = (
  decisionLog: DecisionLog,
  onReset: (problem: string) => void = (problem) => assert.fail(problem),
): Learning =>
  new Learning({
    decisionLog,
    codec: learnerCodec(spec),
    clock: { now: () => 0 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onReset,
  });

describe('learning from a long log', () => {
  it('does not fold again what was folded, also where nobody ever rated', async () => {
    const log = new MemoryDecisionLog(decisions(4_500));
    await learningOver(log).load();
    assert.equal(log.snapshot?.seq, 4_500);
    log.readFrom.length = 0;
    await learningOver(log).load();
    assert.deepEqual(log.readFrom, [4_500]);
  });

  it('saves on the way, so that a window closed in the middle goes on from there', async () => {
    const log = new MemoryDecisionLog(decisions(45_000));
    log.breaksAt = 42_000;
    await learningOver(log).load();
    assert.equal(log.snapshot?.seq, 40_000);
    log.breaksAt = Infinity;
    log.readFrom.length = 0;
    await learningOver(log).load();
    assert.equal(log.readFrom[0], 40_000);
    assert.equal(log.snapshot.seq, 45_000);
  });
});

describe('learning from a stored state that cannot be used', () => {
  const stateOf = async (entries: readonly LogEntry[]): Promise<Record<string, unknown>> => {
    const log = new MemoryDecisionLog(entries);
    await learningOver(log).load();
    assert.ok(log.snapshot);
    return log.snapshot.state as Record<string, unknown>;
  };

  for (const [what, change, reason] of [
    ['another dimension', { dimension: space.dimension + 1 }, /other-space/],
    ['another space', { spaceId: 'some-other-space' }, /other-space/],
    ['a version to come', { version: 99 }, /other-version/],
    ['no arms where arms must be', { heads: {} }, /damaged/],
  ] as const) {
    it(`starts from the prior, says so once, and sets aside what was there: ${what}`, async () => {
      const state = await stateOf(decisions(4_500));
      const learner = { ...(state['learner'] as object), ...change };
      const log = new MemoryDecisionLog([]);
      log.snapshot = { seq: 4_500, state: { ...state, learner } };
      const told: string[] = [];
      const learning = learningOver(log, (problem) => told.push(problem));
      await learning.load();
      assert.equal(told.length, 1);
      assert.match(told[0]!, reason);
      assert.deepEqual(log.aside, [{ reason: told[0], state: { ...state, learner } }]);
      // Read from the log's beginning, not from where the lost state had come to.
      assert.equal(log.readFrom[0], 0);
      const { context } = logged[0]!.decision;
      const armIds = logged[0]!.decision.arms.map(({ armId }) => armId);
      const now = new Learner(spec).estimate('ask', armIds, context, 0);
      assert.deepEqual(learning.estimate('ask', armIds, context), now);
    });
  }
});
