/**
 * Thoughts of a model that called tools. The API requires the thinking blocks of such a turn unchanged, with their
 * signatures, before the calls; it refuses a block without its signature, or of another model.
 */
import type Anthropic from '@anthropic-ai/sdk';
import type { ToolCall } from '../../app/ports/models.ts';
import { at, listAt, stringAt } from '../http/json.ts';

type Thought = Anthropic.Messages.ThinkingBlockParam | Anthropic.Messages.RedactedThinkingBlockParam;

/** This arm's thoughts before these calls, in their order; none of another arm's. */
export function thoughtsBeside(calls: readonly ToolCall[], armId: string): Thought[] {
  return calls.flatMap(({ opaque }) =>
    opaque?.armId === armId ? listAt(opaque.data, 'thinking').flatMap((block) => readThought(block)) : [],
  );
}

function readThought(block: unknown): Thought[] {
  const type = at(block, 'type');
  const signature = stringAt(block, 'signature');
  if (type === 'thinking' && signature) {
    return [{ type, thinking: stringAt(block, 'thinking') ?? '', signature }];
  }
  const data = stringAt(block, 'data');
  return type === 'redacted_thinking' && data ? [{ type, data }] : [];
}
