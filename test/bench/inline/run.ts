/**
 * npm run bench:inline -- [--json OUT] [--keys N] [--speed N] [--seed N]
 *
 * Typing sessions against the practice endpoint through the whole pipeline: PILOT, one fixed dear model, one fixed
 * cheap one. Overhead is all the time the thread was busy between two keys, test driver included. Every model here
 * is simulated.
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
  const result = await replay({ ...options, fixed });
  results[name] = result;
  print(name, result);
}
const ranking = await measureRanking(Number(flags.seed));
console.log(
  `\nHidden ranking, after 300 outcomes: best arm chosen ${(100 * ranking.bestShare).toFixed(0)} % of the time, ` +
    `regret ${(100 * ranking.regretShare).toFixed(0)} % of a random choice's`,
);
if (flags.json !== undefined) {
  const body = { simulated: true, ...results['pilot'], policies: results, ranking };
  writeFileSync(flags.json, `${JSON.stringify(body, undefined, 2)}\n`);
}

function print(name: string, result: Replay): void {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  console.log(`\n${name}: ${result.keys} keys`);
  console.log(
    `  ${result.requestsPerChar.toFixed(4)} requests a character (1 in ${(1 / result.requestsPerChar).toFixed(0)}), ` +
      `${percent(result.cancelledShare)} cancelled; from the cache ${percent(result.cacheHitRate)}`,
  );
  console.log(
    `  shown at ${percent(result.shownRate)} of the keys, ${result.accepted} accepted (${percent(result.acceptance)} of what was shown)`,
  );
  console.log(
    `  overhead for each key: p50 ${result.overheadP50Ms.toFixed(2)} ms, p99 ${result.overheadP99Ms.toFixed(2)} ms; ` +
      `$${result.costUsd.toFixed(5)}; heap ${result.heapGrowthMb.toFixed(1)} MB more at the end`,
  );
  console.log(`  ${JSON.stringify(result.requestsByModel)}`);
}
