/** What was learnt is a fold over a log that may be long: it is folded once, and saved on the way. */
import assert from 'node:assert/strict';
import { Learning } from '../../../src/app/learning.ts';
import type { DecisionLog, LogEntry } from '../../../src/app/ports.ts';
import type { DecisionId } from '../../../src/core/brand.ts';
import { decodeLearner, encodeLearner } from '../../../src/core/learnerCodec.ts';
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
  quarantineSnapshot = (problem: string): Promise<void> => Promise.reject(new Error(problem));
}

const learningOver = (decisionLog: DecisionLog): Learning =>
  new Learning({
    decisionLog,
    codec: {
      fresh: () => new Learner(spec),
      encode: encodeLearner,
      decode: (stored) => {
        const decoded = decodeLearner(stored, spec);
        return decoded.ok
          ? { learner: decoded.value, problem: undefined }
          : { learner: new Learner(spec), problem: JSON.stringify(decoded.error) };
      },
    },
    clock: { now: () => 0 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onReset: (problem) => assert.fail(problem),
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
