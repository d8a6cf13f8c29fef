/**
 * Maps token texts to numbers. Open addressing over char codes: a look-up while lexing allocates nothing, and no slice
 * keeps a whole file in memory. A look-up takes O(length); the table takes 2 bytes a character and 12 a token.
 */

/** The number of every line end. */
export const LINE_END = 0;
/** The number of every token beyond the vocabulary's limit. */
export const UNKNOWN = 1;

/** A workspace of five million tokens has about 300,000 different ones. */
const MAX_TOKENS = 1_500_000;

export class Vocabulary {
  #chars = new Uint16Array(1 << 16);
  /** Token i is chars [starts[i], starts[i + 1]). */
  #starts = new Int32Array(1 << 12);
  #size = 2;
  /** Slot -> token number + 1; 0 = free. At most half full. */
  #table = new Int32Array(1 << 13);

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#chars.byteLength + this.#starts.byteLength + this.#table.byteLength;
  }

  /** The number of text [start, end); a new text gets a number. */
  intern(text: string, start: number, end: number): number {
    const slot = this.#slotOf(text, start, end);
    const found = this.#table[slot] ?? 0;
    if (found > 0) return found - 1;
    return this.#size >= MAX_TOKENS ? UNKNOWN : this.#add(text, start, end, slot);
  }

  text(token: number): string {
    const start = this.#starts[token] ?? 0;
    const end = this.#starts[token + 1] ?? start;
    return String.fromCharCode(...this.#chars.subarray(start, end));
  }

  /** Whether the token's text begins with `prefix`. */
  startsWith(token: number, prefix: string): boolean {
    const start = this.#starts[token] ?? 0;
    const end = this.#starts[token + 1] ?? start;
    if (end - start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i += 1) {
      if (this.#chars[start + i] !== prefix.charCodeAt(i)) return false;
    }
    return true;
  }

  #slotOf(text: string, start: number, end: number): number {
    const mask = this.#table.length - 1;
    let slot = hash(text, start, end) & mask;
    for (;;) {
      const entry = this.#table[slot] ?? 0;
      if (entry === 0 || this.#equals(entry - 1, text, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(token: number, text: string, start: number, end: number): boolean {
    const from = this.#starts[token] ?? 0;
    if ((this.#starts[token + 1] ?? 0) - from !== end - start) return false;
    for (let i = start; i < end; i += 1) {
      if (this.#chars[from + i - start] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  #add(text: string, start: number, end: number, slot: number): number {
    const token = this.#size;
    const from = this.#starts[token] ?? 0;
    const to = from + end - start;
    if (to > this.#chars.length) this.#chars = enlarged(this.#chars, new Uint16Array(2 * this.#chars.length));
    if (token + 2 > this.#starts.length) {
      this.#starts = enlarged(this.#starts, new Int32Array(2 * this.#starts.length));
    }
    for (let i = start; i < end; i += 1) this.#chars[from + i - start] = text.charCodeAt(i);
    this.#starts[token + 1] = to;
    this.#size += 1;
    this.#table[slot] = token + 1;
    if (2 * this.#size > this.#table.length) this.#rehash();
    return token;
  }

  #rehash(): void {
    this.#table = new Int32Array(2 * this.#table.length);
    for (let token = 2; token < this.#size; token += 1) {
      const text = this.text(token);
      this.#table[this.#slotOf(text, 0, text.length)] = token + 1;
    }
  }
}

/** FNV-1a over UTF-16 units. */
function hash(text: string, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

function enlarged<T extends Uint16Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
