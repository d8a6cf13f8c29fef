/**
 * A month at $5 with 20 questions a day, one in ten of which the user stops at a random moment: the share of the limit that
 * stopped answers keep reserved at any time, and the quality beside the same month without stops.
 *
 * Costs are scaled so that the best fixed model would cost $20 in the month: $5 is a quarter of that. A stopped answer is
 * counted at the part that was received and at what its model makes in ten seconds, the five seconds of grace at twice the
 * known speed (src/core/money/unseen.ts), of an answer that takes eight seconds; its whole cost counts as output, which errs
 * high. Quality is that of the chosen model, also for an answer that was stopped: it shows what the choice loses.
 */
import type { NanoUsd } from '../../../src/core/brand.ts';
import { defaultPolicy, policyByName } from '../../../src/core/money/policies/index.ts';
import { seeded } from '../../../scripts/train/random.ts';
import type { Dataset } from '../router/dataset.ts';
import { monthOf } from './arrivals.ts';
import { samplesOf } from './cells.ts';
import { mean, runMonth, type Stops } from './simulate.ts';

export const LIMIT_USD = 5;
const QUESTIONS = 600;
const STOPPED_SHARE = 0.1;
const FRACTION = 0.25;
const ANSWER_S = 8;
const UNSEEN_S = 10;
const MINUTE_MS = 60_000;

/** When the provider tells what a stopped answer cost. */
export const ends = [
  { name: 'a record of each call (OpenRouter, LiteLLM)', afterMs: MINUTE_MS },
  { name: 'the usage of the key, over a day', afterMs: 24 * 60 * MINUTE_MS },
  { name: 'nothing; it ends with the month', afterMs: Infinity },
] as const;

export interface StopCell {
  readonly dataset: string;
  readonly limitUsd: number;
  readonly questions: number;
  readonly stoppedShare: number;
  readonly endsWith: string;
  /** Most of the limit that stopped answers kept reserved at one time, over all seeds. */
  readonly mostReservedShare: number;
  readonly quality: number;
  readonly qualityWithoutStops: number;
  /** Of the difference, over the seeds. */
  readonly standardError: number;
}

export function runStops(data: Dataset, seeds: number, fold: 'tuning' | 'deployment'): readonly StopCell[] {
  const policy = policyByName(defaultPolicy);
  const samples = samplesOf(data, { seeds, fold, horizon: QUESTIONS });
  const months = samples.map((sample) => {
    const random = seeded(99 * sample.seed + 5);
    const month = monthOf('steady', QUESTIONS, seeded(77 * sample.seed + QUESTIONS));
    const budget = Math.floor(FRACTION * QUESTIONS * sample.bestCost) as NanoUsd;
    const receivedShares = sample.prompts.map(() => (random() < STOPPED_SHARE ? random() : undefined));
    const run = (stops?: Stops) => runMonth(policy, sample.prompts, month, budget, sample.before, stops);
    return { run, receivedShares, without: run() };
  });
  return ends.map(({ name, afterMs }) => {
    const runs = months.map(({ run, receivedShares, without }) => {
      const stopped = run({ receivedShares, unseenShare: UNSEEN_S / ANSWER_S, endsAfterMs: afterMs });
      return { stopped, difference: stopped.quality - without.quality };
    });
    return {
      dataset: data.name,
      ...{ limitUsd: LIMIT_USD, questions: QUESTIONS, stoppedShare: STOPPED_SHARE, endsWith: name },
      mostReservedShare: Math.max(...runs.map(({ stopped }) => stopped.mostReserved)),
      quality: mean(runs.map(({ stopped }) => stopped.quality)),
      qualityWithoutStops: mean(months.map(({ without }) => without.quality)),
      standardError: standardError(runs.map(({ difference }) => difference)),
    };
  });
}

function standardError(values: readonly number[]): number {
  const average = mean(values);
  const variance = mean(values.map((value) => (value - average) ** 2));
  return Math.sqrt(variance / Math.max(1, values.length - 1));
}

export function stopsTable(cells: readonly StopCell[]): string {
  const lines = [
    `| $${LIMIT_USD} a month, ${QUESTIONS} questions, ${100 * STOPPED_SHARE} % stopped; their bills come with | reserved at most | quality with / without stops | difference in standard errors |`,
    '|---|---|---|---|',
  ];
  for (const { name } of ends) {
    const own = cells.filter(({ endsWith }) => endsWith === name);
    const worst = own.reduce((a, b) => (errorsOf(b) < errorsOf(a) ? b : a));
    lines.push(
      `| ${name} | ${(100 * Math.max(...own.map((cell) => cell.mostReservedShare))).toFixed(2)} % | ` +
        `${mean(own.map(({ quality }) => quality)).toFixed(4)} / ${mean(own.map((cell) => cell.qualityWithoutStops)).toFixed(4)} | ` +
        `${errorsOf(worst).toFixed(1)} (${worst.dataset}, the least) |`,
    );
  }
  return lines.join('\n');
}

const errorsOf = ({ quality, qualityWithoutStops, standardError: error }: StopCell): number =>
  error === 0 ? Math.sign(quality - qualityWithoutStops) : (quality - qualityWithoutStops) / error;
