/**
 * Learning: every decision and outcome goes into the log, and what is learnt is the log folded. One writer path, so
 * two windows that share the database learn the same, and no outcome can be counted twice.
 */
import type { ArmId, DecisionId, EpochMs } from '../../core/brand.ts';
import type { Context, Decision, Head, OutcomeKind } from '../../core/decision.ts';
import { dayOf, type ArmEstimate, type Learner } from '../../core/learning/learner.ts';
import { rewardOf, type PlainOutcome } from '../../core/learning/reward.ts';
import type { DecisionLog, LogEntry } from '../ports/decisions.ts';
import type { Clock, Log } from '../ports/environment.ts';
import { isObject } from '../../core/shape.ts';

/** How a learner is put in and out of storage (src/core/learning/learnerCodec.ts), bound to the space and preset in force. */
export interface LearnerCodec {
  fresh(): Learner;
  decode(stored: unknown): { readonly learner: Learner; readonly problem: string | undefined };
  encode(learner: Learner): unknown;
}

export interface LearningDeps {
  readonly decisionLog: DecisionLog;
  readonly codec: LearnerCodec;
  readonly clock: Clock;
  readonly log: Log;
  /** Told once when stored state could not be used and learning began anew from the log or the prior. */
  readonly onReset: (problem: string) => void;
}

const pageSize = 1_000;
/** What is folded until it is saved: so many outcomes, or decisions where nobody rates. */
const outcomesPerSnapshot = 50;
const decisionsPerSnapshot = 2_000;
/** A long way to catch up is saved in stages, so that a window closed in the middle of it goes on from there. */
const pagesPerStage = 20;

/** Thumbs say what they mean; other signals only count while there is no thumb. */
const explicit: ReadonlySet<OutcomeKind> = new Set(['thumb-up', 'thumb-down']);

export class Learning {
  readonly #deps: LearningDeps;
  readonly #listeners = new Set<() => void>();
  #learner: Learner;
  #seq = 0;
  /** Up to here the log was folded into another state than the one in force, which was taken over (`replace`). */
  #replacedAt = 0;
  #unsaved = 0;
  #queue: Promise<void> = Promise.resolve();
  #hasBegun = false;
  #told: string | undefined;
  #loaded: Promise<void> | undefined;
  #paused = false;

  constructor(deps: LearningDeps) {
    this.#deps = deps;
    this.#learner = deps.codec.fresh();
  }

  /** The prior until `load` has run; never waits. */
  get learner(): Learner {
    return this.#learner;
  }

  /** Decisions go on and are logged; outcomes are not recorded, but that a thumb is taken back. */
  set paused(paused: boolean) {
    this.#paused = paused;
  }

  estimate(head: Head, armIds: readonly ArmId[], context: Context): readonly ArmEstimate[] | undefined {
    return this.#learner.estimate(head, armIds, context, this.#deps.clock.now());
  }

  onDidLearn(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Snapshot, then what came since. Safe to call often; a failure leaves the prior in force and is logged. */
  load(): Promise<void> {
    this.#loaded ??= this.#enqueue(async (decisionLog) => {
      await this.#catchUp(decisionLog);
    });
    return this.#loaded;
  }

  decided(decision: Decision): Promise<void> {
    return this.#enqueue(async (decisionLog) => {
      await decisionLog.append(decision);
      await this.#catchUp(decisionLog);
    });
  }

  /** A weak signal does not override a thumb. */
  outcome(decisionId: DecisionId, kind: PlainOutcome): Promise<void> {
    return this.correctedOutcome(decisionId, kind, rewardOf(kind));
  }

  /** As `outcome`, with a reward that the surface has corrected (inline acceptance against its baseline). */
  correctedOutcome(
    decisionId: DecisionId,
    kind: OutcomeKind,
    reward: { readonly reward: number | undefined; readonly weight: number },
  ): Promise<void> {
    // What was said before may be taken back at any time.
    const paused = this.#paused;
    if (paused && kind !== 'cleared') return Promise.resolve();
    return this.#enqueue(async (decisionLog) => {
      const isWeak = !explicit.has(kind) && kind !== 'cleared';
      if (isWeak && (await isRated(decisionLog, decisionId))) return;
      if (paused && !(await isRated(decisionLog, decisionId))) return;
      await decisionLog.record({ decisionId, at: this.#deps.clock.now(), kind, ...reward });
      await this.#catchUp(decisionLog);
    });
  }

  /** What was learnt, as it is stored, exported and synced. */
  exported(): unknown {
    return this.#deps.codec.encode(this.#learner);
  }

  /** Why a state cannot take the place of what was learnt here; undefined = it can. */
  problemWith(stored: unknown): string | undefined {
    return this.#deps.codec.decode(stored).problem;
  }

  /** Another state takes the place of what was learnt here; a string says why it cannot, and then nothing changed. */
  async replace(stored: unknown): Promise<string | undefined> {
    const { learner, problem } = this.#deps.codec.decode(stored);
    if (problem !== undefined) return problem;
    await this.#enqueue(async (decisionLog) => {
      await this.#begin(decisionLog);
      // Other windows still hold the former state; after this they cannot save it over the new one.
      await decisionLog.forget?.({ kind: 'snapshots' });
      this.#learner = learner;
      // The other machine's clock may be ahead of this one's.
      learner.day = Math.min(learner.day, dayOf(this.#deps.clock.now()));
      this.#replacedAt = this.#seq;
      await this.#save(decisionLog);
    });
    for (const listener of this.#listeners) listener();
    return undefined;
  }

  /** Forgets the fold and reads the log anew: after the user deleted part of it, or changed the preset. */
  rebuild(codec = this.#deps.codec): Promise<void> {
    return this.#enqueue(async (decisionLog) => {
      this.#learner = codec.fresh();
      this.#seq = this.#replacedAt = 0;
      this.#hasBegun = true;
      await this.#catchUp(decisionLog);
    });
  }

  /**
   * From the snapshot. Until it could be read nothing is folded: the log alone lacks what was imported, synced or
   * pruned, and would be saved in its place.
   */
  async #begin(decisionLog: DecisionLog): Promise<void> {
    if (this.#hasBegun) return;
    const stored = await decisionLog.loadSnapshot();
    if (stored) await this.#adopt(stored, decisionLog);
    this.#hasBegun = true;
  }

  async #adopt(stored: { seq: number; state: unknown }, decisionLog: DecisionLog): Promise<void> {
    const { learner: encoded, replacedAt } = decodeSnapshot(stored.state);
    const { learner, problem } = this.#deps.codec.decode(encoded);
    if (problem !== undefined) {
      await decisionLog.quarantineSnapshot(problem);
      this.#deps.onReset(problem);
      return;
    }
    this.#learner = learner;
    this.#seq = stored.seq;
    this.#replacedAt = replacedAt;
  }

  async #catchUp(decisionLog: DecisionLog): Promise<void> {
    await this.#begin(decisionLog);
    await this.#foldOn(decisionLog, Infinity);
    const now = this.#deps.clock.now();
    if (!this.#learner.isAheadOf(now)) return;
    // The clock was ahead for a while: what it dated then is left out, or all else would seem forgotten beside it.
    this.#deps.log.warn(
      'Decisions are dated far ahead of the clock; what was learnt is read anew without them.',
    );
    this.#learner = this.#deps.codec.fresh();
    this.#seq = this.#replacedAt = 0;
    await this.#foldOn(decisionLog, now);
  }

  /** Decisions dated after `until` are left out. */
  async #foldOn(decisionLog: DecisionLog, until: EpochMs): Promise<void> {
    let learnt = false;
    for (let page = 1; ; page++) {
      const entries = await decisionLog.read(this.#seq, pageSize);
      for (const entry of entries) {
        await this.#fold(entry, decisionLog, until);
        this.#seq = entry.seq;
        learnt ||= entry.type === 'outcome';
      }
      if (entries.length < pageSize) break;
      if (page % pagesPerStage === 0) await this.#save(decisionLog);
    }
    if (this.#unsaved >= outcomesPerSnapshot) await this.#save(decisionLog);
    if (learnt) for (const listener of this.#listeners) listener();
  }

  async #fold(entry: LogEntry, decisionLog: DecisionLog, until: EpochMs): Promise<void> {
    if (entry.type === 'decision' && entry.decision.at > until) return;
    const effect = this.#learner.fold(entry);
    if (entry.type !== 'outcome') {
      this.#unsaved += outcomesPerSnapshot / decisionsPerSnapshot;
      return;
    }
    this.#unsaved += 1;
    if (effect !== 'unknown-decision') return;
    // The decision is older than what the learner keeps at hand.
    const { decisionId } = entry.outcome;
    if (this.#replacedAt > 0) {
      const before = await decisionLog.asOf(decisionId, this.#replacedAt + 1);
      // Nobody can tell whether the state that was taken over holds this decision: it is not learnt twice.
      if (before?.outcome?.reward !== undefined) return;
    }
    const late = await decisionLog.asOf(decisionId, entry.seq);
    if (late && late.decision.at <= until) this.#learner.fold({ ...entry, late });
  }

  async #save(decisionLog: DecisionLog): Promise<void> {
    this.#unsaved = 0;
    const learner = this.#deps.codec.encode(this.#learner);
    await decisionLog.saveSnapshot(this.#seq, { learner, replacedAt: this.#replacedAt });
  }

  /** One at a time and in order. A failure is logged and harms nothing that follows. */
  #enqueue(step: (decisionLog: DecisionLog) => Promise<void>): Promise<void> {
    const run = this.#queue.then(async () => step(this.#deps.decisionLog));
    this.#queue = run.catch((error: unknown) => {
      // Each decision would say it again while the store cannot be used.
      if (String(error) === this.#told) return;
      this.#told = String(error);
      this.#deps.log.error('What was learnt could not be saved or read', error);
    });
    return this.#queue;
  }
}

/** While a thumb stands, weak signals are not recorded: the last outcome is then the thumb. */
async function isRated(decisionLog: DecisionLog, id: DecisionId): Promise<boolean> {
  const { outcome } = (await decisionLog.asOf(id, Number.MAX_SAFE_INTEGER)) ?? {};
  return outcome !== undefined && explicit.has(outcome.kind);
}

function decodeSnapshot(stored: unknown): { readonly learner: unknown; readonly replacedAt: number } {
  if (!isObject(stored) || !('learner' in stored)) return { learner: stored, replacedAt: 0 };
  const at = 'replacedAt' in stored ? stored.replacedAt : 0;
  return { learner: stored.learner, replacedAt: typeof at === 'number' ? at : 0 };
}
