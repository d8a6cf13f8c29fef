/**
 * Predicts the next token from the places in a nest of stores (this file, then open files and workspace) at which the
 * same tokens occurred. Interpolated Witten-Bell over match lengths,
 *
 *     P_k(w) = l_k c_k(w) / C_k + (1 - l_k) P_(k-1)(w),   l_k = C_k / (C_k + g_k T_k),
 *
 * with c_k(w) the weighted count of w after contexts that match at least k tokens, C_k their sum, T_k the number of
 * different w; the cache part of Hellendoorn and Devanbu (2017), "Are deep neural networks the best choice for modeling
 * source code?". Departure: counts come only from the newest places of each chain, which bounds the time and favors
 * recent code. O(places) for each token.
 */
import type { ChainOrder, TokenStore } from './tokenStore.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Nest {
  readonly scopes: readonly Scope[];
  readonly vocabulary: Vocabulary;
}

/** One store of the nest. A place in the current file counts more than one in the workspace. */
export interface Scope {
  readonly store: TokenStore;
  readonly weight: number;
}

export interface Prediction {
  readonly token: number;
  readonly probability: number;
}

export interface PredictOptions {
  /** Upper bound on the places examined in each chain of each store. */
  readonly maxPlaces: number;
  /** The token must begin with this text; '' = any. */
  readonly partial: string;
  /** Number of predictions to return. */
  readonly count: number;
}

/** The longest distinguished match; longer agreement adds no information. */
export const MAX_MATCH = 16;

/** Chains are searched from long contexts to short; a place counts in the longest chain that can reach it. */
const WALKS: readonly { readonly order: ChainOrder; readonly below: number }[] = [
  { order: 4, below: MAX_MATCH + 1 },
  { order: 2, below: 4 },
  { order: 1, below: 2 },
];

/** The most probable tokens, best first. */
export function predict(
  nest: Nest,
  context: readonly number[],
  options: PredictOptions,
): readonly Prediction[] {
  const byMatch = gatherCounts(nest, context, options);
  const probabilities = new Map<number, number>();
  const cumulative = new Map<number, number>();
  const levels = [...byMatch.keys()].sort((a, b) => b - a);
  // The counts at level k include those of every longer match: sum from the longest down, then interpolate upwards.
  const sums = levels.map((level) => {
    for (const [token, weight] of byMatch.get(level) ?? []) {
      cumulative.set(token, (cumulative.get(token) ?? 0) + weight);
    }
    return { level, counts: new Map(cumulative) };
  });
  for (const { level, counts } of sums.reverse()) interpolate(probabilities, counts, level);
  return best(probabilities, options.count);
}

function interpolate(
  probabilities: Map<number, number>,
  counts: ReadonlyMap<number, number>,
  level: number,
): void {
  let total = 0;
  for (const weight of counts.values()) total += weight;
  const keep = total / (total + doubt(level) * counts.size);
  for (const [token, probability] of probabilities) probabilities.set(token, (1 - keep) * probability);
  for (const [token, weight] of counts) {
    probabilities.set(token, (probabilities.get(token) ?? 0) + (keep * weight) / total);
  }
}

/** g_k: the mass that each different token gives to shorter contexts. Long matches are rarely wrong. */
const doubt = (level: number): number => 1.2 / (1 + 0.35 * level);

function gatherCounts(
  { scopes, vocabulary }: Nest,
  context: readonly number[],
  { maxPlaces, partial }: PredictOptions,
): ReadonlyMap<number, Map<number, number>> {
  const byMatch = new Map<number, Map<number, number>>();
  for (const { store, weight } of scopes) {
    for (const { order, below } of WALKS) {
      let next = store.head(order, context);
      for (let walked = 0; next > 0 && walked < maxPlaces; walked += 1) {
        const at = next - 1;
        next = store.older(order, at);
        if (store.isDead(at)) continue;
        const match = store.matchLength(at, context, MAX_MATCH);
        if (match < order || match >= below) continue;
        const token = store.token(at);
        if (partial !== '' && !vocabulary.startsWith(token, partial)) continue;
        const counts = byMatch.get(match) ?? new Map<number, number>();
        counts.set(token, (counts.get(token) ?? 0) + weight);
        byMatch.set(match, counts);
      }
    }
  }
  return byMatch;
}

function best(probabilities: ReadonlyMap<number, number>, count: number): readonly Prediction[] {
  const found: Prediction[] = [];
  for (const [token, probability] of probabilities) {
    if (found.length === count && probability <= (found.at(-1)?.probability ?? 0)) continue;
    found.push({ token, probability });
    found.sort((a, b) => b.probability - a.probability || a.token - b.token);
    if (found.length > count) found.pop();
  }
  return found;
}
