/**
 * A seeded log of routed prompts with known truth: the cost and reward of every model. The router is the real one;
 * quotes are wrong by a factor that differs by model, and bills scatter around it.
 */
import type { LoggedDecision } from '../../src/app/ports/usage.ts';
import type { ArmId, DecisionId, NanoUsd } from '../../src/core/brand.ts';
import type { Context, Decision, Quote } from '../../src/core/decision.ts';

import { policyByName } from '../../src/core/money/policies/index.ts';
import type { MoneySituation } from '../../src/core/money/policy.ts';
import { PILOT } from '../../src/core/learning/preset.ts';
import { route } from '../../src/core/routing/router.ts';
import { seeded } from './random.ts';

export interface SimulatedArm {
  readonly id: ArmId;
  /** Chance that the answer is kept, before the prompt's own difficulty. */
  readonly quality: number;
  /** USD for a prompt of average length. */
  readonly usd: number;
  /** Mean ratio of bills to quotes. */
  readonly factor: number;
}

const arm = (id: string, quality: number, usd: number, factor: number): SimulatedArm => ({
  id: id as ArmId,
  quality,
  usd,
  factor,
});

export const simulatedArms: readonly SimulatedArm[] = [
  arm('practice/owl-large', 0.86, 0.012, 1.15),
  arm('practice/finch-medium', 0.84, 0.004, 0.9),
  arm('practice/wren-small', 0.72, 0.0006, 1.05),
  arm('local/sparrow', 0.6, 0, 1),
];

export interface RoutedLogOptions {
  readonly seed: number;
  readonly prompts: number;
  readonly start: number;
  readonly days: number;
  /** USD over the whole time. */
  readonly budget: number;
  readonly arms?: readonly SimulatedArm[];
  readonly policy?: string;
  readonly workspaceId?: string;
  /** The context of each prompt; default: all alike, in a space of their own. */
  readonly contexts?: readonly Context[];
}

export interface RoutedLog {
  /** Newest first, in the store's order. */
  readonly logged: readonly LoggedDecision[];
  /** By decision, the bill that each prompt would have had with this model. */
  readonly truth: ReadonlyMap<
    DecisionId,
    ReadonlyMap<ArmId, { readonly cost: number; readonly chance: number }>
  >;
}

const languages = ['typescript', 'python', 'rust', ''];

export function routedLog(options: RoutedLogOptions): RoutedLog {
  const { seed, prompts, start, days, budget, arms = simulatedArms } = options;
  const random = seeded(seed);
  const policy = policyByName(options.policy ?? 'shadow-price');
  const observations = new Map<ArmId, number>();
  const truth = new Map<DecisionId, ReadonlyMap<ArmId, { cost: number; chance: number }>>();
  const logged: LoggedDecision[] = [];
  let [state, spent] = [policy.initial(), 0];
  for (let n = 0; n < prompts; n++) {
    const at = start + ((n + random()) / prompts) * days * 86_400_000;
    const length = Math.exp(normal(random) * 0.7);
    const difficulty = random() * 0.3 - 0.15;
    const facts = new Map(arms.map((each) => [each.id, factsOf(each, length, difficulty, random)]));
    const estimates = arms.map(({ id, quality }) => {
      const seen = observations.get(id) ?? 0;
      const width = 0.25 / Math.sqrt(1 + seen / 8);
      return {
        armId: id,
        mean: quality + difficulty * 0.7 + normal(random) * width * 0.2,
        width,
        observations: seen,
      };
    });
    const money = moneyAt(n, prompts, at, start, days, budget, spent);
    const routed = route({
      id: `${options.workspaceId ?? 'w'}-${seed}-${n}` as DecisionId,
      at,
      surface: n % 3 === 2 ? 'chat' : 'ask',
      workspaceId: options.workspaceId ?? 'w',
      context: options.contexts?.[n % options.contexts.length] ?? plainContext(n),
      candidates: arms.map((each) => ({ armId: each.id, quote: quoteOf(each, length), excluded: undefined })),
      estimates,
      preset: PILOT,
      policy,
      policyState: state,
      money,
      pinned: undefined,
      sticky: undefined,
      random,
    });
    if (!routed.ok) continue;
    state = routed.value.policyState;
    const decision: Decision = { ...routed.value.decision, tookMs: 0.4 };
    const fact = facts.get(decision.chosen) ?? { cost: 0, chance: 0 };
    spent += fact.cost;
    const rated = random() < 0.6;
    if (rated) observations.set(decision.chosen, (observations.get(decision.chosen) ?? 0) + 1);
    const reward = random() < fact.chance ? 1 : 0;
    truth.set(decision.id, facts);
    logged.push({
      seq: n + 1,
      decision,
      outcome: rated
        ? { decisionId: decision.id, at, kind: reward === 1 ? 'thumb-up' : 'thumb-down', reward, weight: 1 }
        : undefined,
      cost: fact.cost as NanoUsd,
    });
  }
  return { logged: logged.reverse(), truth };
}

const plainContext = (n: number): Context => ({
  spaceId: 'test',
  x: new Float64Array([1, 0]),
  coarse: { task: 'question', language: languages[n % 4] ?? '', lengthBucket: 6, turn: 0 },
});

function quoteOf({ id, usd }: SimulatedArm, length: number): Quote {
  const expected = Math.round(usd * length * 1e9) as NanoUsd;
  return {
    armId: id,
    expected,
    worstCase: (expected * 4) as NanoUsd,
    inputTokens: Math.round(800 * length),
    outputTokens: 400,
    outputCap: 4_000,
  };
}

/** Bills scatter by about a third around the quote times the factor. */
function factsOf(
  { usd, factor, quality }: SimulatedArm,
  length: number,
  difficulty: number,
  random: () => number,
): { readonly cost: number; readonly chance: number } {
  const scatter = Math.exp(normal(random) * 0.35 - 0.06);
  return {
    cost: Math.round(usd * length * factor * scatter * 1e9),
    chance: Math.min(1, Math.max(0, quality + difficulty)),
  };
}

function moneyAt(
  n: number,
  prompts: number,
  now: number,
  start: number,
  days: number,
  budget: number,
  spent: number,
): MoneySituation {
  return {
    now,
    periodStart: start,
    periodEnd: start + days * 86_400_000,
    limit: Math.round(budget * 1e9) as NanoUsd,
    committed: Math.round(spent) as NanoUsd,
    surface: 'ask',
    hourOfWeek: 40,
    requests: { ask: n, inline: 0, chat: 0 },
    expectedRemaining: prompts - n,
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
