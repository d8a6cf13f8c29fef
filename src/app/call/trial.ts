import type { Arm } from '../../core/arm.ts';
import { chatCall } from './call.ts';
import type { CompletionOrder } from './routedCompletion.ts';

/** Enough for a sentence and a reasoning model's reasoning before it. */
const outputCap = 400;

/** One request to one arm, reserved and settled like any other, without a conversation. */
export const trialOrder = (arm: Arm, prompt: string, signal: AbortSignal): CompletionOrder => ({
  surface: 'ask',
  purpose: 'test',
  view: { text: prompt, languageId: '', surface: 'ask', contextChars: 0, turn: 0, referenceCount: 0 },
  call: chatCall({ messages: [{ role: 'user', content: prompt }], outputCap }),
  conversationId: undefined,
  choice: { type: 'arm', armId: arm.id },
  signal,
});
