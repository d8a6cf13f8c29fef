/** Converts file names into the matrices of one dataset: its own rows and, with `--deploy`, the rows for deployment. */
import { readOutcomes, sentence, type LeftOut, type OutcomeMatrix } from '../outcomes.ts';
import { fail, ok, type Result } from '../../../src/core/result.ts';
import { synthetic } from './synthetic.ts';

export interface Source {
  /** A file, or `SYNTHETIC`: the small generated matrix. */
  readonly outcomes: string;
  readonly deploy: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly space: string;
  readonly evaluationSpace: string;
  readonly evaluateOn: 'deployment' | 'tuning';
}

export const SYNTHETIC = 'synthetic';

export interface Matrices {
  readonly learnt: OutcomeMatrix;
  /** The other file's matrix, with the same models in the same order; undefined = deployed on a fold of the first. */
  readonly deployed: OutcomeMatrix | undefined;
}

/** A fold of fewer rows is not informative, and an empty tuning fold teaches no cost. */
const LEAST_ROWS = 10;

/** Fails with one sentence. */
export function readSource({ outcomes, deploy, models }: Source): Result<Matrices, string> {
  const learnt = outcomes === SYNTHETIC ? ok(synthetic()) : readOutcomes(outcomes, models);
  if (!learnt.ok) return fail(sentence(learnt.error));
  if (learnt.value.rows.length < LEAST_ROWS) {
    return fail(`${outcomes} has ${learnt.value.rows.length} rows that can be used; it takes ${LEAST_ROWS}.`);
  }
  if (deploy === undefined) return ok({ learnt: learnt.value, deployed: undefined });
  const deployed = readOutcomes(deploy, models);
  if (!deployed.ok) return fail(sentence(deployed.error));
  const common = learnt.value.models.filter((model) => deployed.value.models.includes(model));
  if (common.length === 0) {
    return fail(
      `${outcomes} and ${deploy} have no model in common: ${learnt.value.models.join(', ')}; ${deployed.value.models.join(', ')}.`,
    );
  }
  const [from, to] = [restricted(outcomes, learnt.value, common), restricted(deploy, deployed.value, common)];
  if (!from.ok) return from;
  return to.ok ? ok({ learnt: from.value, deployed: to.value }) : to;
}

/** Reads again, so a null of a model that only one file has drops no row. */
function restricted(
  path: string,
  matrix: OutcomeMatrix,
  common: readonly string[],
): Result<OutcomeMatrix, string> {
  const read = readOutcomes(path, common);
  if (!read.ok) return fail(sentence(read.error));
  const missing = matrix.models.filter((model) => !common.includes(model));
  const leftOut = missing.map((model): LeftOut => ({ model, why: 'not in both files' }));
  return ok({ ...read.value, leftOut: [...matrix.leftOut, ...leftOut] });
}
