/**
 * Refusals that say something only together with what was sent: an effort that the model does not take, state beside tool
 * calls that no longer validates, a protocol that the endpoint does not have. The words are OpenAI's, Anthropic's, Google's,
 * Groq's, OpenRouter's and Ollama's, read in November 2026.
 */
import type { ChatRequest, ProviderError, ProviderErrorKind } from '../../app/ports/models.ts';
import type { Protocol } from '../../app/settings/endpoint.ts';

/** What of a request can be what was refused. */
export interface SentFeatures {
  /** A level of effort or a budget of thoughts. */
  readonly effort: boolean;
  /** Tool calls of earlier turns, with or without what a provider wants back with them. */
  readonly calls: boolean;
  /** It went to `/responses`. */
  readonly responses: boolean;
}

export const featuresOf = ({ arm, messages }: ChatRequest, protocol: Protocol): SentFeatures => ({
  effort: arm.effort !== undefined,
  calls: messages.some((message) => message.role === 'assistant' && (message.toolCalls?.length ?? 0) > 0),
  responses: protocol === 'responses',
});

/** Undefined: the refusal is what its status and words say alone. */
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
/** "… is not supported with this model" reads like a model that is gone. */
const UNSPECIFIC: ReadonlySet<ProviderErrorKind> = new Set(['bad-request', 'model-gone']);
/** Characters. */
const MAX_WORDS = 16_384;

const STATE =
  /signature|encrypted.?content|required .?reasoning.? item|must start with a thinking block|thinking.{1,3}blocks? in the latest assistant message/i;
/** A field's name, or a word for it beside a word of refusal: `tool_choice` is refused beside thoughts in other words. */
const EFFORT =
  /effort|budget_tokens|thinking[_.]?(budget|config|level)|\bthink value\b|(reasoning|thinking)\b.{0,60}(unsupported|not (support|permitted|allowed|valid)|mandatory|only works|cannot be disabled)|(unsupported|not support|unrecognized|unknown|extra|only works).{0,60}(reasoning|thinking)/i;
