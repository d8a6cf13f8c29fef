/**
 * An upper bound on the input tokens that a request can be billed for. The limit rests on it, so it is not an estimate.
 *
 * A byte-level or byte-fallback tokenizer never makes more tokens than the text has UTF-8 bytes, since every token
 * stands for at least one. Tokenizers that normalize first (NFKC, as SentencePiece may) can lengthen the text: U+FDFA
 * grows from 3 bytes to 33. So the bound is the longer of the two forms. Constants bound the server's additions (roles,
 * separators, a template's default system prompt, the preamble for tools).
 */

export interface SentMessage {
  readonly role: string;
  readonly content: string;
}

export interface Extras {
  /** Tool definitions in the JSON form that is sent. */
  readonly toolsJson?: string;
  /** Number of images, each counted at the published maximum of any provider. */
  readonly images?: number;
}

/**
 * Template text once for each request: default system prompts (Qwen 2.5, Llama 3.x, gpt-oss: up to ~100 tokens), with a
 * margin.
 */
const TEMPLATE_TOKENS = 256;
/** For each message: `<|start_header_id|>role<|end_header_id|>\n\n ... <|eot_id|>` is 5; ChatML 5; with a margin. */
const MESSAGE_TOKENS = 16;
/**
 * The preamble before tools (Anthropic publishes 313 to 530 tokens); the JSON counts twice, since servers render it
 * again.
 */
const TOOLS_TOKENS = 1024;
/**
 * The most expensive published image: OpenAI high detail 4 x 4 tiles on the mini models' scale, 36,835 tokens (2025).
 */
const IMAGE_TOKENS = 37_000;
/** Fill-in-the-middle markers, BOS, file separators. */
const COMPLETION_TOKENS = 64;

export function chatInputBound(messages: readonly SentMessage[], extras: Extras = {}): number {
  const text = messages.reduce(
    (sum, { role, content }) => sum + MESSAGE_TOKENS + byteBound(role) + byteBound(content),
    0,
  );
  const tools = extras.toolsJson === undefined ? 0 : TOOLS_TOKENS + 2 * byteBound(extras.toolsJson);
  return TEMPLATE_TOKENS + text + tools + IMAGE_TOKENS * (extras.images ?? 0);
}

export const completionInputBound = (prompt: string, suffix = ''): number =>
  COMPLETION_TOKENS + byteBound(prompt) + byteBound(suffix);

/** UTF-8 bytes of the text or of its NFKC form, whichever is larger. */
export function byteBound(text: string): number {
  const bytes = utf8Length(text);
  // ASCII is its own NFKC form; nearly all code is ASCII, and normalizing a megabyte takes milliseconds.
  return bytes === text.length ? bytes : Math.max(bytes, utf8Length(text.normalize('NFKC')));
}

/**
 * Core has no TextEncoder, which is part of the host and not of the language. A lone surrogate is sent as U+FFFD, 3
 * bytes.
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(unit, text.charCodeAt(i + 1))) {
      // A surrogate pair: two code units, four bytes.
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

const isPair = (high: number, low: number): boolean =>
  0xd800 <= high && high <= 0xdbff && 0xdc00 <= low && low <= 0xdfff;
