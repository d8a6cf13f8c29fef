/** The meanings of a model's finish reason in every protocol. */
import type { IncompleteReason } from '../../app/ports/models.ts';

export type End =
  /** The model ended, or the reason is unknown. */
  | 'complete'
  | IncompleteReason
  /** The provider failed in the middle of the answer. */
  | 'error';

export function endOf(finish: string | undefined): End {
  const word = finish?.toLowerCase() ?? '';
  if (LENGTH.has(word)) return 'length';
  if (FILTER.has(word)) return 'content-filter';
  return ERROR.has(word) ? 'error' : 'complete';
}

const LENGTH = new Set([
  'length',
  'max_tokens',
  'max_output_tokens',
  'max_completion_tokens',
  'model_length',
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
]);
const ERROR = new Set([
  'error',
  'abort',
  'aborted',
  'network_error',
  'insufficient_system_resource',
  'malformed_function_call',
  'failed',
]);
