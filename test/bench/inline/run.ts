/**
 * npm run bench:inline -- [--json OUT] [--keys N] [--speed N] [--seed N] [--only pilot]
 *
 * Typing sessions against the practice endpoint through the whole pipeline: PILOT, one fixed expensive model, one fixed
 * cheap model. Overhead is all time the thread was busy between two keys, test driver included. Every model here is
 * simulated.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { practiceModels } from '../../fakes/practiceModels.ts';
import { hiddenSkill } from '../../fakes/practice/skill.ts';
import { measureRanking } from './ranking.ts';
import { replay } from './replay.ts';
import type { Replay } from './replay.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    keys: { type: 'string', default: '3000' },
    speed: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const LANGUAGES = ['typescript', 'python', 'go', 'rust'];
const completing = practiceModels.filter(({ completes }) => completes);
const mean = (id: (typeof completing)[number]['id']): number =>
  LANGUAGES.reduce((sum, language) => sum + hiddenSkill(id, language, 'complete'), 0) / LANGUAGES.length;
const best = completing.toSorted((a, b) => mean(b.id) - mean(a.id))[0]?.id;
const cheapest = completing.toSorted((a, b) => a.price.outputUsdPerMTok - b.price.outputUsdPerMTok)[0]?.id;

const options = {
  keys: Number(flags.keys),
  speed: Number(flags.speed),
  seed: Number(flags.seed),
  monthlyUsd: 20,
};
const results: Record<string, Replay> = {};
for (const [name, fixed] of [
  ['pilot', undefined],
  [`fixed best (${best})`, best],
  [`fixed cheapest (${cheapest})`, cheapest],
] as const) {
  if (flags.only !== undefined && !name.includes(flags.only)) continue;
  const result = await replay({ ...options, fixed });
  results[name] = result;
  print(name, result);
}
const ranking = await measureRanking(Number(flags.seed));
console.log(
  `\nHidden ranking, after 300 outcomes: best arm chosen ${percent(ranking.bestShare)} of the time ` +
    `(at least 80 %: ${verdict(ranking.bestShare >= 0.8)}), regret ${percent(ranking.regretShare)} of a random ` +
    `choice's (at most 50 %: ${verdict(ranking.regretShare <= 0.5)}); over ${ranking.seeds.length} seeds ` +
    `${percent(Math.min(...ranking.seeds.map(({ bestShare }) => bestShare)))} to ` +
    percent(Math.max(...ranking.seeds.map(({ bestShare }) => bestShare))),
);
const pilot = results['pilot'];
if (pilot !== undefined) console.log(`\nFor the README, from this run:\n\n${readme(pilot)}`);
if (flags.json !== undefined) {
  const body = { simulated: true, ...results['pilot'], policies: results, ranking };
  writeFileSync(flags.json, `${JSON.stringify(body, undefined, 2)}\n`);
}

function print(name: string, result: Replay): void {
  console.log(`\n${name}: ${result.keys} keys`);
  console.log(
    `  ${result.requestsPerChar.toFixed(4)} requests a character, 1 in ${(1 / result.requestsPerChar).toFixed(1)} ` +
      `(at most 1 in 12: ${verdict(result.requestsPerChar <= 1 / 12)}), ` +
      `${percent(result.cancelledShare)} cancelled; from the cache ${percent(result.cacheHitRate)}`,
  );
  console.log(
    `  shown at ${percent(result.shownRate)} of the keys, ${result.accepted} accepted (${percent(result.acceptance)} of what was shown); ` +
      `$${result.costUsd.toFixed(5)}`,
  );
  console.log(
    `  processor time for each key: p50 ${result.overheadP50Ms.toFixed(2)} ms, p99 ${result.overheadP99Ms.toFixed(2)} ms ` +
      `(under 3 and 15: ${verdict(result.overheadP50Ms < 3 && result.overheadP99Ms < 15)}); ` +
      `longest turn of the event loop ${result.longestBlockMs.toFixed(1)} ms (under 10: ${verdict(result.longestBlockMs < 10)})`,
  );
  for (const source of ['cache', 'local'] as const) {
    const { count, p50, p99, prompt } = result.showMs[source];
    console.log(
      `  ${count} from ${source} shown after p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${percent(prompt)} within 20 ms`,
    );
  }
  const heaps = result.heapMb.map(([keys, mb]) => `${mb.toFixed(1)} MB after ${keys} keys`);
  console.log(`  heap: ${heaps.join(', ')}`);
  console.log(`  ${JSON.stringify(result.requestsByModel)} ${JSON.stringify(result.bySource)}`);
}

/** The README's rows on speed, and its sentences on the replay. */
function readme({ showMs: { local, cache }, ...result }: Replay): string {
  const whole = (share: number): string => `${Math.round(100 * share)} %`;
  const command = '`npm run bench:inline`';
  return [
    `| typing, per key (processor time) | ${command} | ${result.overheadP50Ms.toFixed(1)} ms at the median, ` +
      `${result.overheadP99Ms.toFixed(1)} ms at p99; the longest turn of the event loop ${result.longestBlockMs.toFixed(1)} ms |`,
    `| from the pause in typing to a suggestion at hand | ${command} | ${local.p50.toFixed(1)} ms at the median, ` +
      `${local.p99.toFixed(1)} ms at p99 (local model); ${cache.p99.toFixed(1)} ms at p99 (cache) |`,
    '',
    `${result.keys.toLocaleString('en')} keys: one paid request for ${(1 / result.requestsPerChar).toFixed(0)} characters, ` +
      `${whole(result.cancelledShare)} of them cancelled; within 20 ms of the pause ${whole(local.prompt)} of what the local ` +
      `model says and ${whole(cache.prompt)} of what the cache holds. After 300 outcomes the best model is chosen ` +
      `${whole(ranking.bestShare)} of the time, with ${whole(ranking.regretShare)} of a random choice's regret. ` +
      `The heap after a full collection: ${result.heapMb.map(([keys, mb]) => `${mb.toFixed(1)} MB after ${keys.toLocaleString('en')} keys`).join(', ')}.`,
  ].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function verdict(isReached: boolean): string {
  return isReached ? 'reached' : 'not reached';
}
