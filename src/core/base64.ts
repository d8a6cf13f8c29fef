/**
 * Numbers as base64 of little-endian bytes, the form in the artifact and in stored state. Core has no Buffer and no
 * atob.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    const left = bytes.length - i;
    const digits = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    parts.push(digits.map((digit, at) => (at <= left ? (ALPHABET[digit] ?? '') : '=')).join(''));
  }
  return parts.join('');
}

/** Undefined where `text` is not padded base64. */
export function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  let held = 0;
  for (let i = 0, at = 0; i < text.length - padding; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffffff;
    if (i % 4 === 0) continue;
    out[at++] = (held >> ((3 - (i % 4)) * 2)) & 0xff;
  }
  return out;
}

export function floatsToBase64(values: Float64Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, i) => view.setFloat64(i * 8, value, true));
  return toBase64(new Uint8Array(view.buffer));
}

/** Exactly `length` finite doubles; undefined for any other content. */
export function floatsFromBase64(text: unknown, length: number): Float64Array | undefined {
  return numbers(text, length, 8, (view, at) => view.getFloat64(at, true));
}

/** Exactly `length` finite single-precision numbers; undefined for any other content. */
export function float32FromBase64(text: unknown, length: number): Float64Array | undefined {
  return numbers(text, length, 4, (view, at) => view.getFloat32(at, true));
}

function numbers(
  text: unknown,
  length: number,
  width: number,
  read: (view: DataView, at: number) => number,
): Float64Array | undefined {
  const bytes = fromBase64(text);
  if (bytes?.length !== length * width) return undefined;
  const view = new DataView(bytes.buffer);
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = read(view, i * width);
  return out.every(Number.isFinite) ? out : undefined;
}
