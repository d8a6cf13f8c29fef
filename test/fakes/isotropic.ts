import type { Prior } from '../../src/core/learning/ridge.ts';

/** The paper's prior: lambda I. */
export const isotropic = (theta: Float64Array, lambda: number): Prior => ({
  theta,
  precision: new Float64Array(theta.length).fill(lambda),
});
