/** The meanings of a model's finish reason in every protocol. */
import type { IncompleteReason } from '../../app/ports/models.ts';

export type End =
  /** The model ended, or the reason is unknown. */
  | 'complete'
  | IncompleteReason
  /** The provider failed in the middle of the answer. */
  | 'error';

export function endOf(finish: string | undefined): End {
  // Gemini's reason follows a word of OpenAI's: `content_filter: RECITATION`.
  for (const word of (finish ?? '')
    .slice(0, 200)
    .toLowerCase()
    .split(/[:\s]+/)
    .reverse()) {
    if (LENGTH.has(word)) return 'length';
    if (FILTER.has(word)) return 'content-filter';
    if (ERROR.has(word)) return 'error';
  }
  return 'complete';
}

/** The reason if it is one: some servers write "null" with each piece. */
export const endTold = (finish: string | undefined): string | undefined =>
  finish === undefined || /^(?:null|none)?$/i.test(finish) ? undefined : finish;

const LENGTH = new Set([
  'length',
  'max_tokens',
  'max_output_tokens',
  'max_completion_tokens',
  'model_length',
  'max_length',
  'max_output',
  'token_limit',
  'error_limit',
  'model_context_window_exceeded',
]);
const FILTER = new Set([
  'content_filter',
  'content-filter',
  'safety',
  'recitation',
  'blocklist',
  'prohibited_content',
  'spii',
  'sensitive',
  'refusal',
  'guardrail_intervened',
  'content_filtered',
  'content_blocked',
  'image_safety',
  'error_toxic',
  'moderation',
]);
const ERROR = new Set([
  'error',
  'abort',
  'aborted',
  'network_error',
  'insufficient_system_resource',
  'malformed_function_call',
  'malformed_response',
  'unexpected_tool_call',
  'too_many_tool_calls',
  'function_call_filter',
  'timeout',
  'overloaded',
  'failed',
]);
