/**
 * A month of growing conversations and agent runs. The questions are the instances of the outcomes file; an agent's run
 * is one instance, a conversation goes through instances of one repository.
 *
 * The file has the cost of each run and not its number of calls, so the number is the one at which a run of the stated
 * growth costs as much by the model's own price card with a warm cache, as the median over the models. The rest is
 * stated here in round numbers: first inputs, the additions of a turn or a tool's result, answers, pauses.
 */
import { costOf } from '../../../src/core/money/pricing.ts';
import { normal } from '../../../scripts/train/random.ts';
import type { OutcomeRow } from '../outcomes.ts';
import { PROVIDERS, type Provider } from './providers.ts';
import { FOLLOW_UPS, RESULTS } from './words.ts';

export interface Turn {
  readonly at: number;
  /** The outcome whose quality a model's answer has. */
  readonly row: number;
  /** The user's request, to which an agent's calls belong until the end of the run. */
  readonly request: string;
  /** The new text of this call: the request, or a tool's result. */
  readonly newest: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Session {
  readonly kind: 'agent' | 'conversation';
  readonly turns: readonly Turn[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Instructions, tools and the task; then each call's additions: a tool's result and the previous answer. */
const AGENT = { first: 12_000, result: 1_000, resultSpread: 1, answer: 300, gapMs: 12_000, pauses: 0.03 };
/** A question with its files; then a question and the previous answer. */
const CONVERSATION = {
  first: 5_000,
  result: 900,
  resultSpread: 1,
  answer: 500,
  gapMs: 120_000,
  pauses: 0.12,
};
const ANSWER_SPREAD = 0.6;
const GAP_SPREAD = 0.8;
/** Longer than most caches live. */
const PAUSE_MS = { least: 8 * MINUTE_MS, most: 180 * MINUTE_MS };
const MOST_RESULT = 20_000;
const MOST_ANSWER = 4_000;
/** Tokens of a request's text. */
const MOST_CHARS = 2_000;
/** Share of further turns with a quotation. */
const QUOTING = 0.4;
/** The smallest context of the models, minus room for the answer. */
const MOST_INPUT = 110_000;
const CALLS = { least: 4, most: 120 };
const TURNS = { least: 2, mean: 7, most: 40 };

/** The number of calls of a run with this cost, USD. */
export function callsFor({ price }: Provider, usd: number): number {
  const growth = AGENT.result * Math.exp(AGENT.resultSpread ** 2 / 2) + AGENT.answer;
  let [spent, calls, prefix] = [0, 0, 0];
  while (spent < usd && calls < CALLS.most) {
    const input = Math.min(MOST_INPUT, calls === 0 ? AGENT.first : prefix + growth);
    const cachedInput = Math.round(Math.min(prefix, input));
    const cacheWrite = Math.round(input) - cachedInput;
    spent += costOf(price, { input: 0, cachedInput, cacheWrite, output: AGENT.answer, reasoning: 0 }) / 1e9;
    prefix = input;
    calls++;
  }
  return Math.max(CALLS.least, calls);
}

export const runLength = ({ cost }: OutcomeRow): number => {
  const lengths = PROVIDERS.map((provider, i) => callsFor(provider, cost[i]!)).sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)]!;
};

export interface Workload {
  readonly runs: number;
  readonly conversations: number;
  readonly start: number;
  readonly days: number;
}

export function sessionsOf(
  rows: readonly OutcomeRow[],
  { runs, conversations, start, days }: Workload,
  random: () => number,
): readonly Session[] {
  const repositories = Map.groupBy(
    rows.map((_, row) => row),
    (row) => repositoryOf(rows[row]!),
  );
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const when = (): number => start + random() * (days - 0.5) * DAY_MS;
  const textOf = (row: number, most: number): string => rows[row]!.prompt.slice(0, most);
  const agents = Array.from({ length: runs }, (): Session => {
    const row = Math.floor(random() * rows.length);
    const request = textOf(row, MOST_CHARS);
    const calls = grown(runLength(rows[row]!), AGENT, when(), random);
    const results = calls.map(() => pick(RESULTS) + textOf(row, Math.floor(random() * MOST_CHARS)));
    const turns = calls.map((call, i) => ({
      ...call,
      row,
      request,
      newest: i === 0 ? request : results[i]!,
    }));
    return { kind: 'agent', turns };
  });
  const talks = Array.from({ length: conversations }, (): Session => {
    const own = repositories.get(repositoryOf(rows[Math.floor(random() * rows.length)]!))!;
    const more = Math.floor(-Math.log(1 - random()) * (TURNS.mean - TURNS.least));
    const calls = grown(Math.min(TURNS.most, TURNS.least + more), CONVERSATION, when(), random);
    const turns = calls.map((call, i) => {
      const row = pick(own);
      const excerpt = random() < QUOTING ? `\n${textOf(row, 600)}` : '';
      const request = i === 0 ? textOf(row, MOST_CHARS) : pick(FOLLOW_UPS) + excerpt;
      return { ...call, row, request, newest: request };
    });
    return { kind: 'conversation', turns };
  });
  return [...agents, ...talks];
}

/**
 * The mean of a model over the instances of a repository, shrunk to its mean over all: one run of one instance is a
 * single draw, and chance would be most of the difference between two policies.
 */
export function expectedQuality(rows: readonly OutcomeRow[]): readonly Float64Array[] {
  const models = rows[0]!.quality.length;
  const meanOf = (some: readonly OutcomeRow[], model: number): number =>
    some.reduce((sum, { quality }) => sum + quality[model]!, 0) / some.length;
  const all = Array.from({ length: models }, (_, model) => meanOf(rows, model));
  const byRepository = new Map(
    [...Map.groupBy(rows, repositoryOf)].map(([name, own]) => [
      name,
      Float64Array.from(all, (mean, model) => {
        const weight = own.length / (own.length + PSEUDO_INSTANCES);
        return weight * meanOf(own, model) + (1 - weight) * mean;
      }),
    ]),
  );
  return rows.map((row) => byRepository.get(repositoryOf(row))!);
}
const PSEUDO_INSTANCES = 10;

const repositoryOf = ({ id }: OutcomeRow): string => id.replace(/__.*$/, '');

function grown(
  calls: number,
  kind: typeof AGENT,
  start: number,
  random: () => number,
): readonly Pick<Turn, 'at' | 'inputTokens' | 'outputTokens'>[] {
  const spread = (median: number, sigma: number): number => median * Math.exp(sigma * normal(random));
  let [at, inputTokens, outputTokens] = [start, spread(kind.first, 0.3), 0];
  return Array.from({ length: calls }, (_, i) => {
    if (i > 0) {
      const pause = PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least);
      at += random() < kind.pauses ? pause : spread(kind.gapMs, GAP_SPREAD);
      const added = outputTokens + Math.min(MOST_RESULT, spread(kind.result, kind.resultSpread));
      inputTokens = Math.min(MOST_INPUT, inputTokens + added);
    }
    outputTokens = Math.round(Math.min(MOST_ANSWER, spread(kind.answer, ANSWER_SPREAD)));
    return { at, inputTokens: Math.round(inputTokens), outputTokens };
  });
}
