/** The learned state is a fold over a log that may be long: it is folded once, with snapshots on the way. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { learnerCodec } from '../../../../src/app/call/engine.ts';
import { Learning } from '../../../../src/app/call/learning.ts';
import type { DecisionAsOf, DecisionLog, LogEntry } from '../../../../src/app/ports/decisions.ts';
import type { DecisionId } from '../../../../src/core/brand.ts';
import type { Decision, Outcome } from '../../../../src/core/decision.ts';
import { Learner, MAX_PENDING, type LearnerSpec } from '../../../../src/core/learning/learner.ts';
import { PILOT } from '../../../../src/core/learning/preset.ts';
import { routedLog } from '../../../fakes/routedLog.ts';
import { testSpace } from '../../../fakes/space.ts';

const DAY = 86_400_000;
const space = testSpace();
const spec: LearnerSpec = {
  spaceId: space.id,
  dimension: space.dimension,
  learnt: space.learnt,
  preset: PILOT,
  priorFor: () => ({ theta: space.models.base, accuracy: 0.6 }),
};
const logged = routedLog({ seed: 3, prompts: 40, start: 0, days: 1, budget: 1 }).logged;

/** Only decisions, as of a user who never rates. */
const decisions = (count: number): readonly LogEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    seq: n + 1,
    type: 'decision',
    decision: { ...logged[n % logged.length]!.decision, id: `d${n}` as DecisionId },
  }));

/** In memory; refuses to be read beyond `breaksAt`, like the log of a window that closes meanwhile. */
class MemoryDecisionLog implements DecisionLog {
  readonly readFrom: number[] = [];
  snapshot: { seq: number; state: unknown } | undefined;
  breaksAt = Infinity;
  fails = false;
  readonly #entries: LogEntry[];

  constructor(entries: readonly LogEntry[]) {
    this.#entries = [...entries];
  }
  get end(): number {
    return this.#entries.length;
  }
  append = (decision: Decision): Promise<void> => {
    this.#entries.push({ seq: this.end + 1, type: 'decision', decision });
    return Promise.resolve();
  };
  record = (outcome: Outcome): Promise<void> => {
    this.#entries.push({ seq: this.end + 1, type: 'outcome', outcome });
    return Promise.resolve();
  };
  /** Like the store: rejects when it fails. */
  asOf = async (id: DecisionId, beforeSeq: number): Promise<DecisionAsOf | undefined> => {
    await Promise.resolve();
    if (this.fails) throw new Error('busy');
    let found: DecisionAsOf | undefined;
    for (const entry of this.#entries) {
      if (entry.type === 'decision' && entry.decision.id === id)
        found ??= { decision: entry.decision, outcome: undefined };
    }
    for (const entry of this.#entries) {
      if (found && entry.type === 'outcome' && entry.outcome.decisionId === id && entry.seq < beforeSeq)
        found = { ...found, outcome: entry.outcome };
    }
    return found;
  };
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
  /** Like the store: a read snapshot is set aside with the reason, and is not read again. */
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
  now: () => number = () => 0,
): Learning =>
  new Learning({
    decisionLog,
    codec: learnerCodec(spec),
    clock: { now },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onReset,
  });

describe('learning from a long log', () => {
  it('does not fold a log again that was folded, even without any rating', async () => {
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

describe('learning of decisions that are long past', () => {
  /** The sequence: an outcome of one of a few decisions (undefined = cleared), others in between, a reload. */
  type Step =
    | { readonly decision: number; readonly reward: number | undefined; readonly weight: number }
    | 'others'
    | 'reload';
  const few = 4;
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      decision: fc.nat(few - 1),
      reward: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      weight: fc.constantFrom(0.3, 1),
    }),
    fc.constantFrom('others' as const, 'reload' as const),
  );
  const decision = (id: string, n: number): Decision => {
    const x = new Float64Array(space.dimension);
    x[0] = 1;
    x[1 + (n % 3)] = 1;
    const base = logged[n % 2]!.decision;
    return {
      ...base,
      id: id as DecisionId,
      at: (20_000 + 9 * n) * DAY,
      context: { ...base.context, spaceId: space.id, x },
    };
  };
  const right = 20_040 * DAY;
  let clock = right;
  afterEach(() => (clock = right));
  type Rating = Extract<Step, object>;
  const rate = (learning: Learning, { decision: n, reward, weight }: Rating): Promise<void> => {
    const kind = reward === undefined ? 'cleared' : 'thumb-up';
    return learning.correctedOutcome(`d${n}` as DecisionId, kind, { reward, weight });
  };
  let nOthers = 0;
  const others = async (learning: Learning): Promise<void> => {
    for (let i = 0; i < MAX_PENDING; i++) await learning.decided(decision(`o${nOthers++}`, few));
  };
  const start = async (decisionLog = new MemoryDecisionLog([])): Promise<Learning> => {
    const learning = learningOver(decisionLog, undefined, () => clock);
    await learning.load();
    if (decisionLog.end === 0) for (let n = 0; n < few; n++) await learning.decided(decision(`d${n}`, n));
    return learning;
  };
  const reloaded = (decisionLog: MemoryDecisionLog, learning: Learning): Promise<Learning> => {
    const state: unknown = JSON.parse(JSON.stringify({ learner: learning.exported() }));
    decisionLog.snapshot = { seq: decisionLog.end, state };
    return start(decisionLog);
  };
  const beliefs = (learning: Learning): readonly number[] => {
    const armIds = [0, 1].map((n) => decision('', n).chosen);
    return [0, 1, 2].flatMap((n) =>
      learning
        .estimate('ask', armIds, decision('', n).context)!
        .flatMap(({ mean, width, observations }) => [mean, width, observations]),
    );
  };
  const same = (actual: readonly number[], expected: readonly number[]): void =>
    actual.forEach((value, i) =>
      assert.ok(Math.abs(value - expected[i]!) < 1e-7, `${i}: ${value} is not ${expected[i]!}`),
    );

  it('is as if only the last outcome of each had come, whatever lay between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        const decisionLog = new MemoryDecisionLog([]);
        let learning = await start(decisionLog);
        const last = new Map<number, Rating>();
        for (const each of steps) {
          if (each === 'others') await others(learning);
          else if (each === 'reload') learning = await reloaded(decisionLog, learning);
          else {
            last.set(each.decision, each);
            await rate(learning, each);
          }
        }
        const direct = await start();
        for (const rating of last.values()) await rate(direct, rating);
        for (const each of steps) if (each === 'others') await others(direct);
        same(beliefs(learning), beliefs(direct));
      }),
      { numRuns: 40 },
    );
  });

  const up: Rating = { decision: 0, reward: 1, weight: 1 };

  it('waits where the log cannot tell what was learned of it before', async () => {
    const decisionLog = new MemoryDecisionLog([]);
    const learning = await start(decisionLog);
    await rate(learning, up);
    await others(learning);
    decisionLog.fails = true;
    const before = beliefs(learning);
    await rate(learning, { ...up, reward: 0 });
    assert.deepEqual(beliefs(learning), before);
    decisionLog.fails = false;
    await others(learning);
    const direct = await start();
    await rate(direct, { ...up, reward: 0 });
    await others(direct);
    await others(direct);
    same(beliefs(learning), beliefs(direct));
  });

  it('takes a thumb back while paused, and learns nothing new', async () => {
    const learning = await start();
    const before = beliefs(learning);
    await rate(learning, up);
    await learning.outcome('d1' as DecisionId, 'copied');
    const rated = beliefs(learning);
    learning.paused = true;
    await rate(learning, { ...up, decision: 2 });
    await learning.outcome('d1' as DecisionId, 'cleared');
    assert.deepEqual(beliefs(learning), rated, 'a copy is not a thumb that could be taken back');
    await rate(learning, { ...up, reward: undefined });
    learning.paused = false;
    const direct = await start();
    await direct.outcome('d1' as DecisionId, 'copied');
    same(beliefs(learning), beliefs(direct));
    assert.notDeepEqual(beliefs(learning), before);
  });

  it('leaves alone what a state that was taken over may hold, also after a reload', async () => {
    const decisionLog = new MemoryDecisionLog([]);
    let learning = await start(decisionLog);
    await rate(learning, up);
    const exported: unknown = JSON.parse(JSON.stringify({ ...(learning.exported() as object), pending: [] }));
    assert.equal(await learning.replace(exported), undefined);
    const taken = beliefs(learning);
    learning = await start(decisionLog);
    for (const reward of [0, undefined, 1]) {
      await rate(learning, { ...up, reward });
      same(beliefs(learning), taken);
    }
    // This decision had no outcome before: the new one is learned, and revised.
    await rate(learning, { ...up, decision: 1 });
    assert.notDeepEqual(beliefs(learning), taken);
    await rate(learning, { ...up, decision: 1, reward: undefined });
    same(beliefs(learning), taken);
  });

  const decade = 3_650 * DAY;
  /** Decided and rated while the clock is wrong by this much. */
  const whileWrongBy = async (learning: Learning, by: number): Promise<void> => {
    clock = right + by;
    const n = nOthers++;
    await learning.decided({ ...decision(`o${n}`, 1), at: clock });
    await learning.correctedOutcome(`o${n}` as DecisionId, 'thumb-down', { reward: 0, weight: 1 });
    clock = right;
  };

  for (const [what, by] of [
    ['ahead', decade],
    ['behind', -decade],
  ] as const) {
    it(`forgets nothing over a clock that was ${what} by ten years for a moment, also after a reload`, async () => {
      const decisionLog = new MemoryDecisionLog([]);
      let learning = await start(decisionLog);
      await rate(learning, up);
      const before = beliefs(learning);
      clock += by;
      const then = beliefs(learning);
      clock = right;
      if (by > 0) assert.notDeepEqual(then, before);
      assert.deepEqual(beliefs(learning), before, 'looking changes nothing');
      await whileWrongBy(learning, by);
      learning = await reloaded(decisionLog, learning);
      await rate(learning, { ...up, decision: 2 });
      const direct = await start();
      await rate(direct, up);
      await rate(direct, { ...up, decision: 2 });
      same(beliefs(learning), beliefs(direct));
    });
  }

  it('learns on from the state of a machine whose clock is ahead', async () => {
    const exported = (await start()).exported() as Record<string, unknown>;
    const day = right / DAY;
    const [learning, direct] = [await start(), await start()];
    await learning.replace({ ...exported, pending: [], day: day + 3_650 });
    await direct.replace({ ...exported, pending: [], day });
    for (const each of [learning, direct]) await whileWrongBy(each, 0);
    same(beliefs(learning), beliefs(direct));
  });

  it('lets a thumb stand against a weak signal however long ago it was given', async () => {
    const learning = await start();
    await rate(learning, up);
    await others(learning);
    for (let n = 1; n < few; n++) await rate(learning, { ...up, decision: n });
    const before = beliefs(learning);
    await learning.outcome('d0' as DecisionId, 'retried');
    assert.deepEqual(beliefs(learning), before);
  });
});

describe('learning from a state that cannot be read just now', () => {
  it('folds nothing over it, and goes on from it once it can be read', async () => {
    const log = new MemoryDecisionLog(decisions(4_500));
    await learningOver(log).load();
    const { snapshot } = log;
    const readable = log.loadSnapshot;
    log.loadSnapshot = () => Promise.reject(new Error('busy'));
    log.append = () => Promise.resolve();
    log.readFrom.length = 0;
    const learning = learningOver(log);
    await learning.load();
    await learning.decided(logged[0]!.decision);
    assert.deepEqual([log.readFrom, log.snapshot], [[], snapshot]);
    log.loadSnapshot = readable;
    await learning.decided(logged[0]!.decision);
    assert.deepEqual(log.readFrom, [4_500]);
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
      // Read from the log's beginning, not from the position of the lost state.
      assert.equal(log.readFrom[0], 0);
      const { context } = logged[0]!.decision;
      const armIds = logged[0]!.decision.arms.map(({ armId }) => armId);
      const now = new Learner(spec).estimate('ask', armIds, context, 0);
      assert.deepEqual(learning.estimate('ask', armIds, context), now);
    });
  }
});
