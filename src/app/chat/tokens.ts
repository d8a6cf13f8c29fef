/**
 * Tokens as VS Code's chat asks for them, hundreds of times for one prompt, to decide what of its context fits. An
 * estimate that errs upwards, so that prompts do not come out too long; money rests on src/core/money/inputBound.ts instead.
 */
import { utf8Length } from '../../core/money/inputBound.ts';
import type { ChatPart } from './messages.ts';

/** English prose has 4 to 4.5 bytes a token, code about 3.5, Chinese 3 to 4 (one to 1.3 characters), in o200k. */
const BYTES_PER_TOKEN = 3.5;
/** Role and separators, as chat templates write them. */
const MESSAGE_TOKENS = 4;
/** About what OpenAI and Anthropic count for a screenshot of a megapixel. */
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
