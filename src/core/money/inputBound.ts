/**
 * How many input tokens a request can at most be billed for. Not an estimate: the limit rests on it.
 *
 * A byte-level or byte-fallback tokenizer never makes more tokens than the text has UTF-8 bytes, since every token
 * stands for at least one. Tokenizers that normalise first (NFKC, as SentencePiece may) can lengthen the text: U+FDFA
 * grows from 3 bytes to 33. So the bound is the longer of the two forms. What the server adds around the text (roles,
 * separators, a template's default system prompt, the preamble for tools) is bounded by constants.
 */

export interface SentMessage {
  readonly role: string;
  readonly content: string;
}

export interface Extras {
  /** Tool definitions as the JSON that is sent. */
  readonly toolsJson?: string;
  /** Images, each at the published maximum of its provider. */
  readonly images?: number;
}

/** Template text once per request: default system prompts (Qwen 2.5, Llama 3.x, gpt-oss: up to ~100 tokens) with room. */
const TEMPLATE_TOKENS = 256;
/** Per message: `<|start_header_id|>role<|end_header_id|>\n\n ... <|eot_id|>` is 5; ChatML 5; with room. */
const MESSAGE_TOKENS = 16;
/** The preamble providers put before tools (Anthropic publishes 313 to 530 tokens), and twice the JSON for re-rendering. */
const TOOLS_TOKENS = 1024;
/** The dearest published image: OpenAI high detail 4 x 4 tiles on the mini models' scale, 36,835 tokens (2025). */
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

/** UTF-8 bytes of the text or of its NFKC form, whichever is more. */
export function byteBound(text: string): number {
  const bytes = utf8Length(text);
  // ASCII is its own NFKC form; nearly all code is ASCII, and normalising a megabyte costs milliseconds.
  return bytes === text.length ? bytes : Math.max(bytes, utf8Length(text.normalize('NFKC')));
}

/** Without TextEncoder, which is not of the language: core sees no host. A lone surrogate is sent as U+FFFD, 3 bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(unit, text.charCodeAt(i + 1))) {
      // Two code units, four bytes.
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

const isPair = (high: number, low: number): boolean =>
  0xd800 <= high && high <= 0xdbff && 0xdc00 <= low && low <= 0xdfff;
