/** The benchmark's command line, checked before anything runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../../../src/core/result.ts';

export interface Options {
  readonly outcomes: string;
  readonly json: string | undefined;
  readonly seeds: number;
  readonly runs: number;
  readonly conversations: number;
  /** PILOT's limit as a share of the fixed model's cost. */
  readonly limitShare: number;
}

/** Fails with one sentence. `root` is the project's folder. */
export function optionsOf(args: readonly string[], root: string): Result<Options, string> {
  const standard = join(root, '..', 'shared', 'data', 'outcomes', 'openhands_index.jsonl.gz');
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        outcomes: { type: 'string', default: standard },
        json: { type: 'string' },
        seeds: { type: 'string', default: '3' },
        runs: { type: 'string', default: '10' },
        conversations: { type: 'string', default: '40' },
        limit: { type: 'string', default: '0.5' },
      },
    }));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const { outcomes, json } = values;
  if (!existsSync(outcomes)) {
    return fail(
      `This benchmark needs the agents' outcomes, and ${outcomes} is not there: --outcomes FILE names openhands_index.jsonl.gz.`,
    );
  }
  const counts = {
    seeds: Number(values.seeds),
    runs: Number(values.runs),
    conversations: Number(values.conversations),
  };
  const wrong = Object.entries(counts).find(
    ([, count]) => !Number.isInteger(count) || count < 1 || count > 1000,
  );
  if (wrong) return fail(`--${wrong[0]} takes a whole number from 1 to 1000.`);
  const limitShare = Number(values.limit);
  if (!(limitShare > 0 && limitShare <= 10))
    return fail('--limit takes a share of what the best model costs, as in 0.4.');
  return ok({ outcomes, json, ...counts, limitShare });
}
