/** One place in one document where a suggestion may be shown, and its conversion to a call of any arm. */
import type { Arm } from '../../core/arm.ts';
import { chatInputBound, completionInputBound } from '../../core/money/inputBound.ts';
import type { RankedPiece } from '../../core/inline/contextRanking.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import type { FimFormat, FimPrompt } from '../../core/inline/fim/format.ts';
import { fimPrompt } from '../../core/inline/fim/prompt.ts';
import { fitCursorText } from '../../core/inline/promptBudget.ts';
import type { Call } from '../call/call.ts';
import type { CompletionRequest, ModelClient, ModelStream, StreamEvent } from '../ports/models.ts';

export interface InlineRequest {
  readonly documentId: string;
  /** Relative to the workspace; '' for an untitled document. */
  readonly path: string;
  /** The real path behind a link: relative to the workspace if inside it, else absolute. */
  readonly realPath?: string;
  readonly languageId: string;
  readonly scheme: string;
  readonly cursor: CursorText;
  readonly cursors: number;
  readonly tabSize: number;
  readonly insertSpaces: boolean;
  /** Whether the user requested a suggestion by key. */
  readonly explicit: boolean;
  /** The selected item of the suggestion list; `typed` of its text is before the cursor. */
  readonly selected: { readonly text: string; readonly typed: string } | undefined;
}

interface CallInput {
  readonly path: string;
  readonly languageId: string;
  readonly cursor: CursorText;
  readonly multiline: boolean;
  readonly contextTokens: number;
  readonly context: readonly RankedPiece[];
  readonly formatOf: (arm: Arm) => FimFormat | undefined;
  /** The local model's suggestion. */
  readonly localText: string;
}

/** Tokens of output: for a line, and for a block of about 25 lines. Small, because the worst case is reserved. */
const LINE_TOKENS = 64;
const BLOCK_TOKENS = 256;
/** Nearly greedy (Continue 0.01, Cody 0.2, Copilot 0): the most likely continuation is wanted. */
const TEMPERATURE = 0;

export function inlineCall(input: CallInput): Call {
  const prompts = new Map<string, FimPrompt>();
  const promptFor = (format: FimFormat): FimPrompt => {
    const known = prompts.get(format.id) ?? render(input, format);
    prompts.set(format.id, known);
    return known;
  };
  return {
    inputBound: (arm) => {
      const format = input.formatOf(arm);
      return format === undefined ? 0 : bound(format, promptFor(format));
    },
    outputCap: input.multiline ? BLOCK_TOKENS : LINE_TOKENS,
    needs: { tools: false, images: false },
    // Otherwise a canceled line of code would hold the price of a whole answer for the rest of the month.
    capBoundsOutput: (arm) => {
      const format = input.formatOf(arm);
      return format !== undefined && format.transport !== 'chat';
    },
    open(client, arm, { outputCap }, signal) {
      const format = input.formatOf(arm);
      if (format === undefined) return nothing();
      if (format.transport === 'local') return said(input.localText);
      return send(client, format, promptFor(format), { arm, outputCap, signal });
    },
  };
}

function render(
  { path, languageId, cursor, contextTokens, context, multiline }: CallInput,
  format: FimFormat,
): FimPrompt {
  const { prefix, suffix } = fitCursorText(cursor, { totalTokens: contextTokens });
  return fimPrompt(format, { prefix, suffix, path, languageId, context }, multiline);
}

function bound(format: FimFormat, { prompt, suffix, system, extra }: FimPrompt): number {
  if (format.transport === 'local') return 0;
  const pieces = extra.map(({ filename, text }) => `${filename}\n${text}`).join('\n');
  if (format.transport !== 'chat') return completionInputBound(prompt + pieces, suffix);
  return chatInputBound([
    { role: 'system', content: system ?? '' },
    { role: 'user', content: prompt },
  ]);
}

function send(
  client: ModelClient,
  { transport }: FimFormat,
  { prompt, suffix, system, extra, stop }: FimPrompt,
  sending: Pick<CompletionRequest, 'arm' | 'outputCap' | 'signal'>,
): ModelStream {
  if (transport === 'chat') {
    // No temperature and no stop strings: some chat models refuse either, and the answer ends with its tag.
    const messages = [
      { role: 'system', content: system ?? '' },
      { role: 'user', content: prompt },
    ] as const;
    return client.chat({ ...sending, messages });
  }
  const api =
    transport === 'llama-infill' ? 'infill' : transport === 'mistral-fim' ? transport : 'completions';
  const pieces = extra.length > 0 && { extra };
  return client.complete({ ...sending, prompt, suffix, api, stop, temperature: TEMPERATURE, ...pieces });
}

const NO_TOKENS = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
const FREE_END: StreamEvent = {
  type: 'done',
  usage: { tokens: NO_TOKENS, reportedUsd: undefined },
  finish: 'stop',
  generationId: undefined,
};

/** An existing answer as a stream. */
const said = (text: string): ModelStream => ({
  events: streamOf([{ type: 'text', text }, FREE_END]),
  failure: Promise.resolve(undefined),
});

const nothing = (): ModelStream => ({ events: streamOf([FREE_END]), failure: Promise.resolve(undefined) });

// eslint-disable-next-line @typescript-eslint/require-await -- a stream that has nothing to wait for
async function* streamOf(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent, void> {
  yield* events;
}
