/**
 * Long conversations and agent runs with five providers' price cards and prompt caches: their cost under PILOT as it
 * ships and under other rules, at PILOT's quality.
 *
 *   npm run bench:sessions -- --json OUT [--outcomes FILE] [--seeds 3] [--runs 10] [--conversations 40] [--limit 0.5]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { armPrior } from '../../../src/core/learning/prior.ts';
import { PILOT } from '../../../src/core/learning/preset.ts';
import { decodeSpace, type Space } from '../../../src/core/learning/space.ts';
import { seeded, shuffled } from '../../../scripts/train/random.ts';
import { readOutcomes, sentence } from '../outcomes.ts';
import { datasetOf, type Dataset } from '../router/dataset.ts';
import { optionsOf, type Options } from './args.ts';
import { atQuality, NO_LIMIT, pointOf, rowOf, type Row, type Simulate } from './compare.ts';
import { historyOf } from './history.ts';
import { armsOf, PROVIDERS } from './providers.ts';
import { barsOf, tableOf } from './report.ts';
import { expectedQuality, runLength, sessionsOf } from './sessions.ts';
import { runMonth, type Policy, type World } from './simulate.ts';

const START = Date.UTC(2026, 9, 1);
const DAYS = 30;
/** Instances of the rated answers before the month, and the number of answers. */
const BEFORE = { rows: 150, answers: 300 };

const root = new URL('../../..', import.meta.url).pathname;
const options = optionsOf(process.argv.slice(2), root);
if (options.ok) await run(options.value);
else {
  console.error(options.error);
  process.exitCode = 1;
}

async function run(given: Options): Promise<void> {
  const startedAt = performance.now();
  const read = readOutcomes(
    given.outcomes,
    PROVIDERS.map(({ model }) => model),
  );
  if (!read.ok) {
    console.error(sentence(read.error));
    process.exitCode = 1;
    return;
  }
  const data = datasetOf(read.value, space());
  const worlds = Array.from({ length: given.seeds }, (_, i) => worldOf(data, i + 1, given));
  console.log(`${workload(data, worlds)}\n`);
  const simulate: Simulate = async (policy, limitUsd) => {
    const months = [];
    for (const world of worlds) months.push(await runMonth(policy, world, limitUsd));
    const point = pointOf(limitUsd, months);
    console.error(
      `${policy.name}: $${point.costUsd.toFixed(2)} ${point.quality.toFixed(4)}, ${point.switches.toFixed(0)} switches, limit $${limitUsd.toFixed(0)}`,
    );
    return months;
  };
  const rows = await compare(simulate, given.limitShare);
  const bars = barsOf(rows);
  console.log(tableOf(rows));
  console.log(
    `\n${bars.map(({ name, measured, reached }) => `${reached ? 'reached' : 'NOT REACHED'}: ${name}: ${measured}`).join('\n')}`,
  );
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(`\n${given.seeds} seeds, ${seconds} s.`);
  if (given.json === undefined) return;
  mkdirSync(dirname(given.json), { recursive: true });
  writeFileSync(given.json, JSON.stringify({ policies: rows, bars, seconds }, undefined, 1));
}

async function compare(simulate: Simulate, limitShare: number): Promise<readonly Row[]> {
  const fixed: Policy = { name: 'fixed-with-cache', cached: true, follows: 'own', fixed: 0 };
  const months = await simulate(fixed, NO_LIMIT);
  const one = rowOf(fixed.name, months, [pointOf(NO_LIMIT, months)]);
  const limit = limitShare * one.costUsd;
  const own = await simulate({ name: 'pilot', cached: true, follows: 'own' }, limit);
  const pilot = rowOf('pilot', own, [pointOf(limit, own)]);
  const at = (policy: Policy, from: number): Promise<Row> => atQuality(policy, pilot.quality, from, simulate);
  return [
    pilot,
    await at({ name: 'pilot-without-cache-pricing', cached: true, follows: 'unpriced' }, limit),
    one,
    await at({ name: 'always-sticky', cached: true, follows: 'kept' }, limit),
    await at({ name: 'never-sticky', cached: true, follows: 'fresh' }, limit),
    await at({ name: 'no-cache', cached: false, follows: 'own' }, 3 * limit),
  ];
}

function worldOf(data: Dataset, seed: number, { runs, conversations }: Options): World {
  const all = data.rows.map((_, i) => i);
  const order = shuffled(all, seeded(seed * 31 + 5));
  const rated = order.slice(0, BEFORE.rows);
  const rows = order.slice(BEFORE.rows).map((i) => data.rows[i]!);
  return {
    rows,
    expected: expectedQuality(rows),
    sessions: sessionsOf(rows, { runs, conversations, start: START, days: DAYS }, seeded(seed * 7919 + 3)),
    history: historyOf({
      rows: rated.map((i) => data.rows[i]!),
      contexts: rated.map((i) => data.contexts[i]!),
      arms: armsOf(true),
      answers: BEFORE.answers,
      until: START,
    }),
    space: data.space,
    priors: new Map(data.models.map((model, i) => [model, armPrior(data.priors[i]!, PILOT)])),
    period: { start: START, end: START + DAYS * 86_400_000 },
    seed,
  };
}

function workload({ rows }: Dataset, worlds: readonly World[]): string {
  const lengths = rows.map(runLength).sort((a, b) => a - b);
  const quantile = (share: number): number => lengths[Math.floor(share * lengths.length)]!;
  const calls = worlds.flatMap(({ sessions }) => sessions).reduce((sum, { turns }) => sum + turns.length, 0);
  return (
    `An agent's run has ${quantile(0.1)} / ${quantile(0.5)} / ${quantile(0.9)} calls (10 / 50 / 90 % of the instances); ` +
    `${Math.round(calls / worlds.length)} calls a month.`
  );
}

function space(): Space {
  const file = new URL('../../../media/space.json', import.meta.url);
  const decoded = decodeSpace(JSON.parse(readFileSync(file, 'utf8')));
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}
