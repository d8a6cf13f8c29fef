/**
 * Learning: every decision and outcome goes into the log, and the learned state is a fold over the log. There is one
 * writer path, so two windows that share the database learn the same and no outcome counts twice.
 */
import type { ArmId, DecisionId, EpochMs } from '../../core/brand.ts';
import type { Context, Decision, Head, OutcomeKind } from '../../core/decision.ts';
import { dayOf, type ArmEstimate, type Learner } from '../../core/learning/learner.ts';
import { rewardOf, type PlainOutcome } from '../../core/learning/reward.ts';
import type { DecisionLog, LogEntry } from '../ports/decisions.ts';
import type { Clock, Log } from '../ports/environment.ts';
import { isObject } from '../../core/shape.ts';

/** Encodes and decodes a learner (src/core/learning/learnerCodec.ts) for the present space and preset. */
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
  /** Called once when stored state was unusable and learning restarted from the log or the prior. */
  readonly onReset: (problem: string) => void;
}

const pageSize = 1_000;
/** Entries folded between two saves: this many outcomes, or this many decisions where there are no ratings. */
const outcomesPerSnapshot = 50;
const decisionsPerSnapshot = 2_000;
/** Catching up with a long log is saved in stages, so a window that closes meanwhile continues from the last stage. */
const pagesPerStage = 20;

/** Thumbs are explicit; other signals count only without a thumb. */
const explicit: ReadonlySet<OutcomeKind> = new Set(['thumb-up', 'thumb-down']);

export class Learning {
  readonly #deps: LearningDeps;
  readonly #listeners = new Set<() => void>();
  #learner: Learner;
  #seq = 0;
  /** Up to this position the log was folded into an earlier state, which `replace` has replaced. */
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

  /** Decisions continue and are logged; of outcomes only a withdrawn thumb is recorded. */
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

  /** Loads the snapshot, then the newer entries. Safe to call repeatedly; a failure keeps the prior and is logged. */
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

  /** Like `outcome`, with a reward that the surface has corrected (inline acceptance against its baseline). */
  correctedOutcome(
    decisionId: DecisionId,
    kind: OutcomeKind,
    reward: { readonly reward: number | undefined; readonly weight: number },
  ): Promise<void> {
    // An earlier statement may be withdrawn at any time.
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

  /** The learned state in the form that is stored, exported and synced. */
  exported(): unknown {
    return this.#deps.codec.encode(this.#learner);
  }

  /** Why a state cannot replace the one learned here; undefined = it can. */
  problemWith(stored: unknown): string | undefined {
    return this.#deps.codec.decode(stored).problem;
  }

  /** Replaces the state learned here by another; a string is the reason that nothing changed. */
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

  /** Drops the fold and reads the log again: after the user deleted a part of it, or changed the preset. */
  rebuild(codec = this.#deps.codec): Promise<void> {
    return this.#enqueue(async (decisionLog) => {
      this.#learner = codec.fresh();
      this.#seq = this.#replacedAt = 0;
      this.#hasBegun = true;
      await this.#catchUp(decisionLog);
    });
  }

  /**
   * Starts from the snapshot. Until it could be read nothing is folded: the log alone lacks imported, synced and pruned
   * entries, and the result would be saved in the snapshot's place.
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
    // The clock was ahead for a while: entries dated then are left out, since everything else would count as forgotten
    // beside them.
    this.#deps.log.warn(
      'Decisions are dated far ahead of the clock; what was learnt is read anew without them.',
    );
    this.#learner = this.#deps.codec.fresh();
    this.#seq = this.#replacedAt = 0;
    await this.#foldOn(decisionLog, now);
  }

  /** Leaves out decisions dated after `until`. */
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
    // The decision is older than those that the learner keeps.
    const { decisionId } = entry.outcome;
    if (this.#replacedAt > 0) {
      const before = await decisionLog.asOf(decisionId, this.#replacedAt + 1);
      // It is unknown whether the adopted state contains this decision, so it is not learned again.
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

  /** One at a time and in order. A failure is logged and does not affect the following ones. */
  #enqueue(step: (decisionLog: DecisionLog) => Promise<void>): Promise<void> {
    const run = this.#queue.then(async () => step(this.#deps.decisionLog));
    this.#queue = run.catch((error: unknown) => {
      // Every decision would report it while the store is unusable.
      if (String(error) === this.#told) return;
      this.#told = String(error);
      this.#deps.log.error('What was learnt could not be saved or read', error);
    });
    return this.#queue;
  }
}

/** While a thumb stands, weak signals are not recorded, so the last outcome is the thumb. */
async function isRated(decisionLog: DecisionLog, id: DecisionId): Promise<boolean> {
  const { outcome } = (await decisionLog.asOf(id, Number.MAX_SAFE_INTEGER)) ?? {};
  return outcome !== undefined && explicit.has(outcome.kind);
}

function decodeSnapshot(stored: unknown): { readonly learner: unknown; readonly replacedAt: number } {
  if (!isObject(stored) || !('learner' in stored)) return { learner: stored, replacedAt: 0 };
  const at = 'replacedAt' in stored ? stored.replacedAt : 0;
  return { learner: stored.learner, replacedAt: typeof at === 'number' ? at : 0 };
}
