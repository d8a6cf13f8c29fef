/**
 * Hashed n-grams of a prompt (the hashing trick, Weinberger et al. 2009): word 1- and 2-grams and, inside words,
 * character 3-grams, so identifiers, inflected languages and scripts without spaces share features. The code keeps no
 * vocabulary and stores no hash, since a dictionary could reverse the hashes.
 */

/** A power of two. 4,096 buckets x 32 dimensions in int8 take 128 KB of the artifact. */
export const BUCKETS = 4096;

/** Of a longer text only the head and the tail are read, so 1 MB takes as long as 16 KB. */
const MAX_HEAD = 12_000;
const MAX_TAIL = 4_000;

export interface Grams {
  /** Distinct buckets, in order of first appearance. */
  readonly buckets: Uint16Array;
  /** log(1 + count), scaled to unit length over the prompt. */
  readonly weights: Float32Array;
}

const CLASS = { separator: 0, word: 1, ideograph: 2 } as const;
type CharClass = (typeof CLASS)[keyof typeof CLASS];

export const sample = (text: string): string =>
  text.length <= MAX_HEAD + MAX_TAIL ? text : `${text.slice(0, MAX_HEAD)}\n${text.slice(-MAX_TAIL)}`;

export function hashGrams(text: string): Grams {
  const tally = new Tally();
  let previous = 0;
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const kind = i < text.length ? classOf(text.charCodeAt(i)) : CLASS.separator;
    if (kind === CLASS.word) {
      if (start < 0) start = i;
      continue;
    }
    if (start >= 0) {
      previous = addWord(tally, text, start, i, previous);
      start = -1;
    }
    if (kind === CLASS.ideograph) previous = addWord(tally, text, i, i + 1, previous);
  }
  return tally.grams();
}

function addWord(tally: Tally, text: string, start: number, end: number, previous: number): number {
  let word = FNV_BASIS;
  for (let i = start; i < end; i++) word = mix(word, lower(text.charCodeAt(i)));
  tally.add(word);
  if (previous !== 0) tally.add(mix(mix(previous, 0x20), word & 0xffff) ^ (word >>> 16));
  for (let i = start; i + 3 <= end && end - start > 3; i++) {
    const gram = mix(
      mix(mix(CHAR_BASIS, lower(text.charCodeAt(i))), lower(text.charCodeAt(i + 1))),
      lower(text.charCodeAt(i + 2)),
    );
    tally.add(gram);
  }
  return word;
}

/** FNV-1a over UTF-16 units. */
const FNV_BASIS = 0x811c9dc5;
const CHAR_BASIS = 0x2f0b4a27;
const mix = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);

/**
 * ASCII letters, digits and _ form words, and so do letters beyond ASCII; each ideograph or kana is a word of its own.
 */
function classOf(code: number): CharClass {
  if (code < 128) {
    const word =
      (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
    return word ? CLASS.word : CLASS.separator;
  }
  if (code < 0xc0 || (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code <= 0x303f))
    return CLASS.separator;
  return code >= 0x3040 && code <= 0x9fff ? CLASS.ideograph : CLASS.word;
}

/** Counts in a dense table and lists the touched entries; it builds no strings. */
class Tally {
  readonly #counts = new Uint16Array(BUCKETS);
  readonly #touched: number[] = [];

  add(hash: number): void {
    const bucket = (hash ^ (hash >>> 15)) & (BUCKETS - 1);
    const count = this.#counts[bucket] ?? 0;
    if (count === 0) this.#touched.push(bucket);
    if (count < 0xffff) this.#counts[bucket] = count + 1;
  }

  grams(): Grams {
    const buckets = Uint16Array.from(this.#touched);
    const weights = new Float32Array(buckets.length);
    let squares = 0;
    for (let i = 0; i < buckets.length; i++) {
      const weight = Math.log1p(this.#counts[buckets[i] ?? 0] ?? 0);
      weights[i] = weight;
      squares += weight * weight;
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    return { buckets, weights: weights.map((weight) => weight * scale) };
  }
}
