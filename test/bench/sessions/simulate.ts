/**
 * One month under one policy, through the shipped engine (src/app/call/engine.ts): routing, reservation, settlement and
 * learning are the product's; only the ledger, the log, the clock and the providers are the benchmark's.
 */
import { assembleEngine, type EngineCore } from '../../../src/app/call/engine.ts';
import type { Call } from '../../../src/app/call/call.ts';
import type { LogEntry } from '../../../src/app/ports/decisions.ts';
import type { CompletionOrder } from '../../../src/app/call/routedCompletion.ts';
import type { Arm } from '../../../src/core/arm.ts';
import type { ArmId, DecisionId, NanoUsd } from '../../../src/core/brand.ts';
import type { ArmPrior } from '../../../src/core/learning/learner.ts';
import { PILOT } from '../../../src/core/learning/preset.ts';
import type { Space } from '../../../src/core/learning/space.ts';
import { seeded } from '../../../scripts/train/random.ts';
import type { OutcomeRow } from '../outcomes.ts';
import { Caches, answerWith, ledgerOf, logInMemory, noClient, type Habit } from './doubles.ts';
import { armsOf, PROVIDERS } from './providers.ts';
import type { Session, Turn } from './sessions.ts';

export interface Policy {
  readonly name: string;
  /** Whether providers cache in its world. */
  readonly cached: boolean;
  /**
   * `own`: as it ships. `unpriced`: the conversation's model is known, its cache is not. `kept`: the first call's model
   * answers all. `fresh`: each call is decided on its own.
   */
  readonly follows: 'own' | 'unpriced' | 'kept' | 'fresh';
  /** One model for all, by its index among the providers. */
  readonly fixed?: number;
}

export interface World {
  readonly rows: readonly OutcomeRow[];
  /** The expected quality of each row and model. */
  readonly expected: readonly Float64Array[];
  readonly sessions: readonly Session[];
  readonly space: Space;
  /** By model. */
  readonly priors: ReadonlyMap<string, ArmPrior>;
  /** Answers rated before this month. */
  readonly history: readonly LogEntry[];
  readonly period: { readonly start: number; readonly end: number };
  readonly seed: number;
}

export interface Month {
  readonly costUsd: number;
  /** Mean over calls, as the router has it; a refused call has no quality. */
  readonly quality: number;
  /** Share of the input tokens that were read from a cache. */
  readonly cacheShare: number;
  readonly refused: number;
  /** Calls answered by another model than the previous call of their session. */
  readonly switches: number;
  readonly calls: number;
}

/** About four bytes for a token of English or code. */
const BYTES_PER_TOKEN = 4;
/** Share of the turns of a conversation, and of the runs, that get a thumb. */
const RATED = 0.3;

interface Step {
  readonly session: number;
  readonly nth: number;
  readonly turn: Turn;
}

export async function runMonth(policy: Policy, world: World, limitUsd: number): Promise<Month> {
  return new Simulation(policy, world, limitUsd).run();
}

class Simulation {
  readonly #policy: Policy;
  readonly #world: World;
  readonly #arms: readonly Arm[];
  readonly #engine: EngineCore;
  readonly #caches: Caches;
  readonly #summary: () => number;
  readonly #last = new Map<number, ArmId>();
  #score = 0;
  #now: number;
  #refused = 0;
  #switches = 0;
  #tokens = { read: 0, all: 0 };

  constructor(policy: Policy, world: World, limitUsd: number) {
    this.#policy = policy;
    this.#world = world;
    this.#now = world.period.start;
    this.#arms = armsOf(policy.cached);
    this.#caches = new Caches(policy.cached);
    const limit = Math.round(limitUsd * 1e9) as NanoUsd;
    const ledger = ledgerOf(limit, world.period, habitOf(world));
    this.#summary = () => ledger.summary().settled / 1e9;
    const random = seeded(world.seed * 104_729 + 7);
    let ids = 0;
    const log = { info: silent, warn: fails, error: fails };
    this.#engine = assembleEngine({
      clock: { now: () => this.#now },
      log,
      random,
      newId: () => `d${++ids}`,
      workspaceId: 'w',
      policyStore: { load: silent, save: silent, setAside: silent },
      ledger: ledger as Parameters<typeof assembleEngine>[0]['ledger'],
      decisionLog: logInMemory(world.history),
      client: noClient,
      bills: {
        endpoints: () => [],
        usageEndpoints: () => [],
        bill: () => Promise.reject(new Error('unused')),
        keyUsage: () => Promise.reject(new Error('unused')),
      },
      after: () => ({ dispose: silent }),
      space: world.space,
      spec: {
        spaceId: world.space.id,
        dimension: world.space.dimension,
        learnt: world.space.learnt,
        preset: PILOT,
        priorFor: (armId) => world.priors.get(armId.slice(armId.indexOf('/') + 1))!,
      },
      policyName: () => 'shadow-price',
      profile: () => 'balanced',
      limits: () => ({ monthly: limit, workspace: undefined, inline: undefined }),
      arms: () => this.#arms,
      hasKey: () => true,
      distrustPrice: fails,
      onReset: fails,
      onLateBill: silent,
    });
  }

  async run(): Promise<Month> {
    const steps = this.#world.sessions
      .flatMap(({ turns }, session) => turns.map((turn, nth): Step => ({ session, nth, turn })))
      .sort((a, b) => a.turn.at - b.turn.at);
    await this.#engine.learning.load();
    for (const step of steps) await this.#take(step);
    return {
      costUsd: this.#summary(),
      quality: this.#score / steps.length,
      cacheShare: this.#tokens.all > 0 ? this.#tokens.read / this.#tokens.all : 0,
      refused: this.#refused,
      switches: this.#switches,
      calls: steps.length,
    };
  }

  async #take(step: Step): Promise<void> {
    const { session, turn } = step;
    this.#now = turn.at;
    let answered: { readonly arm: Arm; readonly id: DecisionId } | undefined;
    for await (const event of this.#engine.completion.run(this.#order(step))) {
      if (event.type === 'routed') answered = { arm: event.arm, id: event.decision.id };
      if (event.type === 'failed') answered = undefined;
    }
    if (answered === undefined) {
      this.#refused++;
      return;
    }
    const { arm, id } = answered;
    const quality = this.#world.rows[turn.row]!.quality[placeOf(arm)]!;
    this.#score += this.#world.expected[turn.row]![placeOf(arm)]!;
    const before = this.#last.get(session);
    if (before !== undefined && before !== arm.id) this.#switches++;
    this.#last.set(session, arm.id);
    if (this.#isRated(step))
      await this.#engine.learning.outcome(id, quality >= 0.5 ? 'thumb-up' : 'thumb-down');
  }

  #order(step: Step): CompletionOrder {
    const { session, nth, turn } = step;
    const { kind } = this.#world.sessions[session]!;
    const surface = kind === 'agent' ? 'chat' : 'ask';
    const { follows, fixed } = this.#policy;
    const last = this.#last.get(session);
    const kept = fixed === undefined ? (follows === 'kept' ? last : undefined) : this.#arms[fixed]!.id;
    const text = follows === 'fresh' ? turn.newest : turn.request;
    return {
      surface,
      purpose: surface,
      view: {
        text,
        languageId: 'python',
        surface,
        contextChars: Math.max(0, turn.inputTokens * BYTES_PER_TOKEN - text.length),
        turn: kind === 'agent' ? 0 : nth,
        referenceCount: 0,
      },
      call: this.#call(step, kind),
      conversationId: follows === 'own' || follows === 'kept' ? `s${session}` : undefined,
      sticky: follows === 'unpriced' ? last : undefined,
      choice: kept === undefined ? { type: 'auto' } : { type: 'arm', armId: kept },
      signal: never,
    };
  }

  #call({ session, nth, turn }: Step, kind: Session['kind']): Call {
    const { at, inputTokens, outputTokens } = turn;
    return {
      inputBound: () => inputTokens * BYTES_PER_TOKEN,
      outputCap: undefined,
      purpose: kind === 'agent' ? 'turn' : 'answer',
      needs: { tools: kind === 'agent', images: false },
      open: (_client, arm) => {
        const luck = seeded(this.#world.seed * 1e6 + session * 1_000 + nth)();
        const tokens = this.#caches.usage(arm, { session, at, inputTokens, outputTokens, luck });
        this.#tokens.read += tokens.cachedInput;
        this.#tokens.all += inputTokens;
        return answerWith(tokens);
      },
    };
  }

  /** The same turns and last calls under every policy. */
  #isRated({ session, nth }: Step): boolean {
    const { kind, turns } = this.#world.sessions[session]!;
    if (kind === 'agent' && nth < turns.length - 1) return false;
    return seeded(this.#world.seed * 7e6 + session * 1_000 + nth)() < RATED;
  }
}

function habitOf({ sessions, period }: World): Habit {
  const days = (period.end - period.start) / 86_400_000;
  const calls = (kind: Session['kind']): number =>
    sessions.filter((each) => each.kind === kind).reduce((sum, { turns }) => sum + turns.length, 0);
  return { perDay: { ask: calls('conversation') / days, chat: calls('agent') / days, inline: 0 } };
}

const never = new AbortController().signal;
const silent = (): undefined => undefined;
const fails = (...told: readonly unknown[]): never => {
  throw new Error(told.map(String).join(' '));
};
const placeOf = ({ model }: Arm): number => PROVIDERS.findIndex((provider) => provider.model === model);
