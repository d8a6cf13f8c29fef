/**
 * Token counts for VS Code's chat, which asks for hundreds of them per prompt to decide what fits. The estimate errs
 * upwards, so prompts do not become too long; money uses src/core/money/inputBound.ts instead.
 */
import { utf8Length } from '../../core/money/inputBound.ts';
import type { ChatPart } from './messages.ts';

/** English prose has 4 to 4.5 bytes a token, code about 3.5, Chinese 3 to 4 (1 to 1.3 characters), in o200k. */
const BYTES_PER_TOKEN = 3.5;
/** Role and separators in chat templates. */
const MESSAGE_TOKENS = 4;
/** About the count of OpenAI and Anthropic for a screenshot of one megapixel. */
const IMAGE_TOKENS = 1_400;

export const roughTokens = (text: string): number => Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);

export const roughMessageTokens = (parts: readonly ChatPart[]): number =>
  parts.reduce((sum, part) => sum + partTokens(part), MESSAGE_TOKENS);

function partTokens(part: ChatPart): number {
  switch (part.type) {
    case 'text':
      return roughTokens(part.text);
    case 'image':
      return IMAGE_TOKENS;
    case 'tool-call':
      return roughTokens(part.call.name + part.call.input) + MESSAGE_TOKENS;
    case 'tool-result':
      return part.content.reduce((sum, inner) => sum + partTokens(inner), MESSAGE_TOKENS);
  }
}
