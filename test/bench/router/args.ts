/** The benchmark's command line, checked before anything runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../../../src/core/result.ts';
import { POLICIES } from './seed.ts';
import { SYNTHETIC, type Source } from './source.ts';

export interface Options {
  readonly sources: readonly Source[];
  readonly fractions: readonly number[];
  readonly seeds: readonly number[];
  /** Empty = all. */
  readonly policies: readonly string[];
  readonly json: string;
  readonly quick: boolean;
}

/** The benchmark's files: those that train nothing. */
const BENCHMARKS = [
  'routerbench0_subset',
  'cascade9',
  'openhands_index',
  'livecodebench_gen',
  'bfcl_v1_202408',
];
const MOST_SEEDS = 1000;

/** Fails with one sentence. `root` is the project's folder. */
export function optionsOf(args: readonly string[], root: string): Result<Options, string> {
  const parsed = parse(args);
  if (!parsed.ok) return parsed;
  const { values } = parsed;
  const fractions = list(values['budget-fractions']).map(Number);
  if (fractions.length === 0 || !fractions.every((fraction) => fraction > 0 && Number.isFinite(fraction))) {
    return fail(`--budget-fractions takes positive numbers, as in 0.1,0.25: ${values['budget-fractions']}.`);
  }
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > MOST_SEEDS) {
    return fail(`--seeds takes a whole number from 1 to ${MOST_SEEDS}: ${values.seeds}.`);
  }
  const policies = list(values.policies);
  const unknown = policies.filter((name) => !isPolicy(name));
  if (unknown.length > 0) {
    return fail(`--policies takes ${POLICIES.join(', ')} and all:<model>, not ${unknown.join(', ')}.`);
  }
  if (values.deploy !== undefined && values.outcomes?.length !== 1) {
    return fail('--deploy takes exactly one --outcomes FILE to learn from.');
  }
  if (!['deployment', 'tuning'].includes(values['evaluate-on'])) {
    return fail(`--evaluate-on takes deployment or tuning: ${values['evaluate-on']}.`);
  }
  return ok({
    sources: (values.outcomes ?? defaultFiles(root)).map((outcomes) => ({
      outcomes,
      deploy: values.deploy,
      models: values.models === undefined ? undefined : list(values.models),
      space: values.space ?? join(root, 'media', 'space.json'),
      evaluationSpace: join(root, 'out', 'space-everything.json'),
      evaluateOn: values['evaluate-on'] === 'tuning' ? 'tuning' : 'deployment',
    })),
    fractions: [...new Set(fractions)].sort((a, b) => a - b),
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    policies,
    json: values.json ?? join(root, 'out', 'bench', 'router.json'),
    quick: values.quick,
  });
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        outcomes: { type: 'string', multiple: true },
        deploy: { type: 'string' },
        models: { type: 'string' },
        'budget-fractions': { type: 'string', default: '0.05,0.1,0.25,0.5,1' },
        seeds: { type: 'string', default: '10' },
        policies: { type: 'string', default: '' },
        json: { type: 'string' },
        'evaluate-on': { type: 'string', default: 'deployment' },
        space: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    });
    return { ok: true, values } as const;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** Every benchmark file in ../shared/data; the synthetic matrix where there is none. */
function defaultFiles(root: string): string[] {
  const folder = join(root, '..', 'shared', 'data', 'outcomes');
  const files = BENCHMARKS.map((name) => join(folder, `${name}.jsonl.gz`)).filter((file) => existsSync(file));
  return files.length === 0 ? [SYNTHETIC] : files;
}

const isPolicy = (name: string): boolean =>
  name.startsWith('all:') || (POLICIES as readonly string[]).includes(name);

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
