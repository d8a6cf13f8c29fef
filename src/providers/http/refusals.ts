/**
 * Refusals whose meaning depends on the request: an effort that the model does not support, state beside tool calls
 * that is no longer valid, a protocol that the endpoint does not have. The texts are OpenAI's, Anthropic's, Google's,
 * Groq's, OpenRouter's and Ollama's, read in November 2026.
 */
import type { ChatRequest, ProviderError, ProviderErrorKind } from '../../app/ports/models.ts';
import type { Protocol } from '../../app/settings/endpoint.ts';

/** The parts of a request that may have been refused. */
export interface SentFeatures {
  /** A level of effort or a reasoning budget. */
  readonly effort: boolean;
  /** Tool calls of earlier turns, with or without a provider's data beside them. */
  readonly calls: boolean;
  /** Whether it was sent to `/responses`. */
  readonly responses: boolean;
}

export const featuresOf = ({ arm, messages }: ChatRequest, protocol: Protocol): SentFeatures => ({
  effort: arm.effort !== undefined,
  calls: messages.some((message) => message.role === 'assistant' && (message.toolCalls?.length ?? 0) > 0),
  responses: protocol === 'responses',
});

/** Undefined: status and text alone give the meaning. */
export function refusalOf(
  sent: SentFeatures,
  { kind, status = 0, detail }: Pick<ProviderError, 'kind' | 'status' | 'detail'>,
  body: string,
): ProviderErrorKind | undefined {
  if (sent.responses && kind === 'wrong-address' && NO_PATH.has(status)) return 'no-responses';
  if (!REFUSED.has(status) || !UNSPECIFIC.has(kind)) return undefined;
  const words = `${detail} ${body}`.slice(0, MAX_WORDS);
  if (sent.calls && STATE.test(words)) return 'state-refused';
  return sent.effort && EFFORT.test(words) ? 'effort-refused' : undefined;
}

const NO_PATH: ReadonlySet<number> = new Set([404, 405, 501]);
const REFUSED: ReadonlySet<number> = new Set([400, 422]);
/** "… is not supported with this model" looks like a missing model. */
const UNSPECIFIC: ReadonlySet<ProviderErrorKind> = new Set(['bad-request', 'model-gone']);
/** Characters. */
const MAX_WORDS = 16_384;

const STATE =
  /signature|encrypted.?content|required .?reasoning.? item|must start with a thinking block|thinking.{1,3}blocks? in the latest assistant message/i;
/**
 * A field's name, or a word for it beside a word of refusal: Messages refuses `tool_choice` beside thoughts in other
 * words.
 */
const EFFORT =
  /effort|budget_tokens|thinking[_.]?(budget|config|level)|\bthink value\b|(reasoning|thinking)\b.{0,60}(unsupported|not (support|permitted|allowed|valid)|mandatory|only works|cannot be disabled)|(unsupported|not support|unrecognized|unknown|extra|only works).{0,60}(reasoning|thinking)/i;
