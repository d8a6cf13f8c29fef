/**
 * Phase 2 (PILOT, section 2): with W and b frozen, one vector for each model.
 *
 *   p(a > b | q) = sigmoid( tau (cos(x, theta_a) - cos(x, theta_b)) + gamma log(length_a / length_b) )
 *
 * by binary cross-entropy. Departures: a learned temperature tau, without which p stays within [.12, .88] and the loss
 * saturates; gamma absorbs the judges' preference for long answers and is dropped afterwards (length debiasing, as in
 * AlpacaEval 2); x = [1, psi], so that a vector can express a model that is better everywhere.
 */
import type { Preference } from './preferences.ts';

export interface ModelVectors {
  readonly vectors: ReadonlyMap<string, Float64Array>;
  readonly temperature: number;
  readonly lengthBias: number;
}

export interface VectorOptions {
  readonly epochs: number;
  readonly rate: number;
  /** Pull towards the mean vector in each step. */
  readonly decay: number;
}

const START_TEMPERATURE = 5;

export function trainVectors(
  contexts: readonly Float64Array[],
  preferences: readonly Preference[],
  { epochs, rate, decay }: VectorOptions,
  order: <T>(values: readonly T[]) => T[],
): ModelVectors {
  const dimension = contexts[0]!.length;
  const vectors = new Map<string, Float64Array>();
  for (const { a, b } of preferences) {
    for (const model of [a, b]) {
      if (!vectors.has(model))
        vectors.set(
          model,
          new Float64Array(dimension).fill(0).map((_, k) => (k === 0 ? 0.5 : 0)),
        );
    }
  }
  let temperature = START_TEMPERATURE;
  let lengthBias = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate / (1 + epoch);
    for (const { prompt, a, b, probabilityA, longer } of order(preferences)) {
      const x = contexts[prompt]!;
      const [va, vb] = [vectors.get(a)!, vectors.get(b)!];
      const gap = cosine(x, va) - cosine(x, vb);
      const error = sigmoid(temperature * gap + lengthBias * longer) - probabilityA;
      descend(va, x, step * error * temperature, decay * step);
      descend(vb, x, -step * error * temperature, decay * step);
      temperature = Math.min(30, Math.max(1, temperature - step * error * gap));
      lengthBias -= step * 0.1 * error * longer;
    }
  }
  return { vectors, temperature, lengthBias };
}

/** The logit of p(a > b | x) without the length term. */
export const preferenceGap = (
  x: Float64Array,
  a: Float64Array,
  b: Float64Array,
  temperature: number,
): number => temperature * (cosine(x, a) - cosine(x, b));

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

function cosine(x: Float64Array, theta: Float64Array): number {
  return dot(x, theta) / (Math.sqrt(dot(x, x) * dot(theta, theta)) || 1);
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
};

/** One step along d cos(x, theta) / d theta, with a small decay of the content. */
function descend(theta: Float64Array, x: Float64Array, step: number, decay: number): void {
  const length = Math.sqrt(dot(theta, theta)) || 1;
  const xLength = Math.sqrt(dot(x, x)) || 1;
  const cos = dot(x, theta) / (length * xLength);
  for (let k = 0; k < theta.length; k++) {
    const slope = (x[k]! / xLength - (cos * theta[k]!) / length) / length;
    theta[k]! -= step * slope + (k === 0 ? 0 : decay * theta[k]!);
  }
}
