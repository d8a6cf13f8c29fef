/**
 * A growing sequence of tokens. Hash chains lead to the earlier places with the same last 1, 2 or 4 tokens, newest
 * first (as LZ77 coders find matches). Appending a token is O(1) and nothing is sorted, so indexing a saved file takes
 * milliseconds. A token takes 16 bytes: a workspace of five million tokens takes 80 MB and 24 MB of heads.
 */
import { LINE_END } from './vocabulary.ts';

/** Lengths of context that have a chain. */
export const CHAIN_ORDERS = [1, 2, 4] as const;
export type ChainOrder = (typeof CHAIN_ORDERS)[number];

interface Chain {
  readonly order: ChainOrder;
  /** Hash of the last `order` tokens -> newest position that follows them, + 1. */
  readonly heads: Int32Array;
  /** Position -> the next older position in its chain, + 1; 0 = none. */
  previous: Int32Array;
}

export class TokenStore {
  readonly #mask: number;
  readonly #maxTokens: number;
  readonly #chains: readonly Chain[];
  #tokens: Int32Array;
  /** One bit for each token: set = removed, to be skipped. */
  #dead: Uint8Array;
  #size = 0;
  #deadCount = 0;

  /** `hashBits`: heads of each chain = 2 ** hashBits. */
  constructor(options: { readonly capacity: number; readonly maxTokens: number; readonly hashBits: number }) {
    this.#mask = 2 ** options.hashBits - 1;
    this.#maxTokens = options.maxTokens;
    this.#tokens = new Int32Array(options.capacity);
    this.#dead = new Uint8Array((options.capacity >> 3) + 1);
    this.#chains = CHAIN_ORDERS.map((order) => ({
      order,
      heads: new Int32Array(this.#mask + 1),
      previous: new Int32Array(options.capacity),
    }));
  }

  get size(): number {
    return this.#size;
  }

  get deadCount(): number {
    return this.#deadCount;
  }

  get full(): boolean {
    return this.#size >= this.#maxTokens;
  }

  get bytes(): number {
    const chains = this.#chains.reduce(
      (sum, chain) => sum + chain.heads.byteLength + chain.previous.byteLength,
      0,
    );
    return chains + this.#tokens.byteLength + this.#dead.byteLength;
  }

  /** Adds a token at the end; false = the store is full. */
  push(token: number): boolean {
    if (this.full) return false;
    if (this.#size >= this.#tokens.length) this.#grow();
    const at = this.#size;
    for (const chain of this.#chains) {
      if (at < chain.order) break;
      const slot = this.#hashBefore(at, chain.order);
      chain.previous[at] = chain.heads[slot] ?? 0;
      chain.heads[slot] = at + 1;
    }
    this.#tokens[at] = token;
    this.#size += 1;
    return true;
  }

  token(at: number): number {
    return this.#tokens[at] ?? LINE_END;
  }

  /** Marks the positions in [start, end) as removed. */
  kill(start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      if (this.isDead(at)) continue;
      this.#dead[at >> 3] = (this.#dead[at >> 3] ?? 0) | (1 << (at & 7));
      this.#deadCount += 1;
    }
  }

  isDead(at: number): boolean {
    return ((this.#dead[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  /** Newest position that may follow these last tokens of `context` (by hash only: verify it), + 1; 0 = none. */
  head(order: ChainOrder, context: readonly number[]): number {
    const chain = this.#chains[CHAIN_ORDERS.indexOf(order)];
    if (chain === undefined || context.length < order) return 0;
    let value = 0;
    for (let i = context.length - order; i < context.length; i += 1) value = mix(value, context[i] ?? 0);
    return chain.heads[finish(value) & this.#mask] ?? 0;
  }

  older(order: ChainOrder, at: number): number {
    return this.#chains[CHAIN_ORDERS.indexOf(order)]?.previous[at] ?? 0;
  }

  /** The number of tokens before position `at` that equal the end of `context`, up to `most`. */
  matchLength(at: number, context: readonly number[], most: number): number {
    const limit = Math.min(most, at, context.length);
    let length = 0;
    while (length < limit && this.#tokens[at - 1 - length] === context[context.length - 1 - length])
      length += 1;
    return length;
  }

  clear(): void {
    for (const chain of this.#chains) chain.heads.fill(0);
    this.#dead.fill(0, 0, (this.#size >> 3) + 1);
    this.#size = 0;
    this.#deadCount = 0;
  }

  #hashBefore(at: number, order: number): number {
    let value = 0;
    for (let i = at - order; i < at; i += 1) value = mix(value, this.#tokens[i] ?? 0);
    return finish(value) & this.#mask;
  }

  #grow(): void {
    const capacity = Math.min(this.#maxTokens, Math.ceil(this.#tokens.length * 1.6));
    this.#tokens = longer(this.#tokens, capacity);
    for (const chain of this.#chains) chain.previous = longer(chain.previous, capacity);
    const dead = new Uint8Array((capacity >> 3) + 1);
    dead.set(this.#dead);
    this.#dead = dead;
  }
}

const mix = (value: number, token: number): number => Math.imul(value ^ (token + 0x9e3779b9), 0x85ebca6b);
const finish = (value: number): number => (value ^ (value >>> 13) ^ (value >>> 21)) >>> 0;

function longer(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
