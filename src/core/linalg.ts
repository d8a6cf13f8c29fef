/**
 * Small dense linear algebra on row-major Float64Arrays; the only file that imports ml-matrix. ml-matrix does the
 * factorizations. The products on every decision's path are flat loops (tested against ml-matrix), because an object
 * around a 33x33 matrix for each arm costs more than the product itself.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** a . b over the length of the shorter vector. O(d). */
export function dot(a: Float64Array, b: Float64Array): number {
  const n = Math.min(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** M x for a square M. O(d^2). */
export function multiply(matrix: Float64Array, x: Float64Array): Float64Array {
  const d = x.length;
  const out = new Float64Array(d);
  for (let i = 0, at = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++, at++) sum += (matrix[at] ?? 0) * (x[j] ?? 0);
    out[i] = sum;
  }
  return out;
}

/** M + scale * u u', a new matrix, exactly symmetric where M is. O(d^2). */
export function addOuter(matrix: Float64Array, u: Float64Array, scale: number): Float64Array {
  const d = u.length;
  const out = new Float64Array(d * d);
  for (let i = 0, at = 0; i < d; i++) {
    const ui = u[i] ?? 0;
    // (u_i u_j) scale, not (scale u_i) u_j: only the former is symmetric in floating point.
    for (let j = 0; j < d; j++, at++) out[at] = (matrix[at] ?? 0) + ui * (u[j] ?? 0) * scale;
  }
  return out;
}

/** a + scale * b, a new vector. */
export function addScaled(a: Float64Array, b: Float64Array, scale: number): Float64Array {
  const out = Float64Array.from(a);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + scale * (b[i] ?? 0);
  return out;
}

export const scaled = (a: Float64Array, by: number): Float64Array => a.map((value) => value * by);

/** diag(values) as a full matrix. */
export function diagonal(values: Float64Array): Float64Array {
  const d = values.length;
  const out = new Float64Array(d * d);
  values.forEach((value, i) => (out[i * d + i] = value));
  return out;
}

/**
 * Inverse of a symmetric positive definite matrix by Cholesky, symmetrized; undefined where the matrix is not positive
 * definite or not finite. O(d^3).
 */
export function invertSymmetric(matrix: Float64Array, d: number): Float64Array | undefined {
  if (matrix.length !== d * d || !matrix.every(Number.isFinite)) return undefined;
  const cholesky = new CholeskyDecomposition(Matrix.from1DArray(d, d, symmetrised(matrix, d)));
  if (!cholesky.isPositiveDefinite()) return undefined;
  const inverse = symmetrised(cholesky.solve(Matrix.eye(d)).to1DArray(), d);
  return inverse.every(Number.isFinite) ? inverse : undefined;
}

/** M^-1 v for a symmetric positive definite M, by Cholesky; undefined for any other M. O(d^3). */
export function solveSymmetric(matrix: Float64Array, v: Float64Array): Float64Array | undefined {
  const d = v.length;
  if (!matrix.every(Number.isFinite) || !v.every(Number.isFinite)) return undefined;
  const cholesky = new CholeskyDecomposition(Matrix.from1DArray(d, d, symmetrised(matrix, d)));
  if (!cholesky.isPositiveDefinite()) return undefined;
  return Float64Array.from(cholesky.solve(Matrix.columnVector(v)).getColumn(0));
}

/** (M + M') / 2: rounding can make a matrix slightly asymmetric, which ml-matrix refuses. */
function symmetrised(matrix: ArrayLike<number>, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      out[i * d + j] = ((matrix[i * d + j] ?? 0) + (matrix[j * d + i] ?? 0)) / 2;
    }
  }
  return out;
}

/** a / ||a||; the zero vector for a zero or non-finite a. */
export function unit(a: Float64Array): Float64Array {
  const length = norm(a);
  return Number.isFinite(length) && length > 0 ? scaled(a, 1 / length) : new Float64Array(a.length);
}
