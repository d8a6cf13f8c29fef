/**
 * How long one decision takes (`npm run bench:route`): features, projection, estimates and routing under the product's
 * preset and default cost policy, on this thread.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { ArmId, DecisionId, NanoUsd } from '../../src/core/brand.ts';
import { extractFeatures } from '../../src/core/features/features.ts';
import { Learner, type LearnerDecision } from '../../src/core/learning/learner.ts';
import { policyByName } from '../../src/core/money/policies/index.ts';
import { PILOT } from '../../src/core/learning/preset.ts';
import { armPrior, priorOf } from '../../src/core/learning/prior.ts';
import { route } from '../../src/core/routing/router.ts';
import { decodeSpace, type Space } from '../../src/core/learning/space.ts';
import { seeded } from '../../scripts/train/random.ts';
import { situation } from './router/deploy.ts';

const DAY_MS = 86_400_000;
const NOW = 1_780_000_000_000;
const [WARM_UP, RUNS] = [300, 1000];

const space = readSpace();
const policy = policyByName('shadow-price');

function readSpace(): Space {
  const path = join(import.meta.dirname, '..', '..', 'media', 'space.json');
  const decoded = decodeSpace(JSON.parse(readFileSync(path, 'utf8')));
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

const view = (text: string): Parameters<typeof extractFeatures>[0] => ({
  text,
  languageId: 'typescript',
  surface: 'ask',
  contextChars: 0,
  turn: 0,
  referenceCount: 0,
});

/** Prose and code, like a prompt to a coding assistant. */
function promptOf(characters: number): string {
  const random = seeded(9);
  const words = [
    'return',
    'const',
    'value',
    'the',
    'function',
    'does',
    'fail',
    'when',
    'handler',
    'await',
    'fooBar',
    'x',
  ];
  const parts: string[] = ['Why does this throw? ```ts'];
  let length = 0;
  while (length < characters) {
    const word = `${words[Math.floor(random() * words.length)]!}${random() < 0.3 ? Math.floor(random() * 999) : ''}`;
    parts.push(random() < 0.15 ? `${word}();\n` : word);
    length += word.length + 1;
  }
  return parts.join(' ').slice(0, characters);
}

function learnerFor(arms: readonly ArmId[]): Learner {
  const priors = new Map(
    arms.map((armId, i) => [
      armId,
      armPrior(priorOf(space.models, `model-${(i % 70) + 1}b`, undefined), PILOT),
    ]),
  );
  return new Learner({
    spaceId: space.id,
    dimension: space.dimension,
    learnt: space.learnt,
    preset: PILOT,
    priorFor: (armId) => priors.get(armId)!,
  });
}

const armsOf = (count: number): ArmId[] => Array.from({ length: count }, (_, i) => `bench/m${i}` as ArmId);

function decider(count: number, text: string): () => void {
  const arms = armsOf(count);
  const learner = learnerFor(arms);
  const random = seeded(3);
  for (let i = 0; i < 400; i++) {
    const decision = decisionOf(arms[i % Math.min(count, 64)]!, i, promptOf(200 + i));
    learner.fold({ type: 'decision', decision });
    learner.fold({ type: 'outcome', outcome: { decisionId: decision.id, reward: i % 2, weight: 1 } });
  }
  const money = situation(1e9 as NanoUsd, 1e8, 100, 1000);
  let policyState = policy.initial();
  return () => {
    const context = space.project(extractFeatures(view(text)));
    const routed = route({
      id: 'd' as DecisionId,
      at: NOW,
      surface: 'ask',
      workspaceId: 'w',
      context,
      candidates: arms.map((armId, i) => ({
        armId,
        quote: {
          armId,
          expected: (1000 * (i + 1)) as NanoUsd,
          worstCase: (4000 * (i + 1)) as NanoUsd,
          inputTokens: 500,
          outputTokens: 300,
          outputCap: 1000,
        },
        excluded: undefined,
      })),
      estimates: learner.estimate('ask', arms, context, NOW)!,
      preset: PILOT,
      policy,
      policyState,
      money,
      pinned: undefined,
      sticky: undefined,
      random,
    });
    if (!routed.ok) throw new Error(routed.error.kind);
    policyState = routed.value.policyState;
  };
}

function updater(): () => void {
  const arms = armsOf(16);
  const learner = learnerFor(arms);
  const decisions = Array.from({ length: 2000 }, (_, i) =>
    decisionOf(arms[i % 16]!, i, promptOf(100 + (i % 50))),
  );
  let i = 0;
  return () => {
    const decision = decisions[i++ % decisions.length]!;
    learner.fold({ type: 'decision', decision: { ...decision, id: `u${i}` as DecisionId } });
    learner.fold({
      type: 'outcome',
      outcome: { decisionId: `u${i}` as DecisionId, reward: i % 2, weight: 1 },
    });
  };
}

const decisionOf = (armId: ArmId, i: number, text: string): LearnerDecision => ({
  id: `d${i}` as DecisionId,
  at: NOW - DAY_MS,
  surface: 'ask',
  context: space.project(extractFeatures(view(text))),
  chosen: armId,
});

/** Elapsed milliseconds. */
interface Times {
  readonly median: number;
  readonly p99: number;
}

function timed(run: () => void, runs = RUNS): Times {
  for (let i = 0; i < Math.min(WARM_UP, runs); i++) run();
  const times = Array.from({ length: runs }, () => {
    const from = performance.now();
    run();
    return performance.now() - from;
  }).sort((a, b) => a - b);
  return { median: times[Math.floor(runs / 2)]!, p99: times[Math.floor(runs * 0.99)]! };
}

/** Milliseconds; undefined = no bar. */
interface Limit {
  readonly median?: number;
  readonly p99?: number;
}

function line(name: string, { median, p99 }: Times, limit: Limit): void {
  const aim = [limit.median, limit.p99].map((ms) => (ms === undefined ? '-' : `< ${ms}`)).join(' / ');
  const holds = median < (limit.median ?? Infinity) && p99 < (limit.p99 ?? Infinity);
  const verdict = limit.median === undefined ? '' : holds ? 'reached' : '**not reached**';
  console.log(`| ${name} | ${median.toFixed(3)} | ${p99.toFixed(3)} | ${aim} | ${verdict} |`);
}

/** An additional arm may not cost more among a thousand than among a hundred; up to 1.5 times counts as noise. */
function linearity(medians: ReadonlyMap<number, number>): void {
  const at = (arms: number): number => medians.get(arms) ?? NaN;
  const [few, many] = [(at(100) - at(10)) / 90, (at(1000) - at(100)) / 900];
  const us = (ms: number): string => (1000 * ms).toFixed(1);
  console.log(
    `\nLinear in arms: one more costs ${us(few)} us from 10 to 100 arms, ${us(many)} us from 100 to 1,000: ${many <= 1.5 * few ? 'reached' : '**not reached**'}.`,
  );
}

const CASES: readonly (readonly [arms: number, characters: number, limit: Limit])[] = [
  [16, 2_000, { median: 0.3, p99: 1 }],
  [16, 8_000, { median: 1, p99: 3 }],
  [10, 2_000, {}],
  [100, 2_000, {}],
  [1_000, 2_000, { median: 10 }],
];

function main(): void {
  const large = view(promptOf(1_000_000));
  const medians = new Map<number, number>();
  console.log('| step | median ms | p99 ms | aim | |');
  console.log('|---|---|---|---|---|');
  for (const [arms, characters, limit] of CASES) {
    const times = timed(decider(arms, promptOf(characters)));
    line(`decision: ${arms} arms, ${characters / 1000} KB of prompt`, times, limit);
    if (characters === 2_000) medians.set(arms, times.median);
  }
  line('one update', timed(updater()), { median: 0.1 });
  line(
    'features of 1 MB of prompt',
    timed(() => extractFeatures(large), 200),
    {},
  );
  linearity(medians);
  const load = loadavg()[0] ?? 0;
  const cores = availableParallelism();
  if (load > cores) {
    console.log(`${load.toFixed(0)} processes shared ${cores} cores: the p99 is that of waiting for one.`);
  }
}

main();
