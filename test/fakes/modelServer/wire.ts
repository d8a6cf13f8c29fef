/** The forms of each endpoint's answers. */
import type { Generation } from './generation.ts';
import { messagesWire } from './messagesWire.ts';
import { responsesWire } from './responsesWire.ts';
import { toolArguments, toolOpening } from './toolCalls.ts';

export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens?: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
  readonly cost?: number;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls';

/** One event of a stream, or several in their order. */
export type Events = object | readonly object[];

/** The events of a generation in order; `undefined` events are not sent. */
export interface Wire {
  /** Whether each event has its type also as its name (Messages, Responses). */
  readonly named?: boolean;
  /** Sent before the first text. */
  opening(): Events | undefined;
  text(text: string): Events;
  /** Where the protocol has tools: the call's name, then its arguments in pieces. */
  readonly tool?: { opening(name: string): Events; arguments(piece: string): Events };
  reasoning(text: string): Events | undefined;
  closing(finish: FinishReason, usage: WireUsage | undefined): Events;
  /** An error in the middle of a stream, where the protocol has its own form. */
  error?(error: { readonly message: string; readonly code: string | null }): object;
  /** OpenAI's extra event without choices. */
  usage(usage: WireUsage): object | undefined;
  /** The single body of an answer without streaming. */
  whole(
    text: string,
    reasoning: string | undefined,
    finish: FinishReason,
    usage: WireUsage | undefined,
  ): object;
  readonly end: string | undefined;
}

export function wireOf(generation: Generation, id: string): Wire {
  switch (generation.kind) {
    case 'chat':
      if (generation.protocol === 'messages') return messagesWire(generation, id);
      if (generation.protocol === 'responses') return responsesWire(generation, id);
      return chatWire(generation, id, generation.includeUsage || generation.includeCost);
    case 'fim':
      return { ...chatWire(generation, id, false), closing: closingWithUsage(generation, id) };
    case 'completion':
      return completionWire(generation, id);
    case 'infill':
      return infillWire(generation);
  }
}

const head = (generation: Generation, id: string, object: string): object => ({
  id,
  object,
  // A constant, so answers are the same on any day.
  created: 1_700_000_000,
  model: generation.model.id,
});

function chatWire(generation: Generation, id: string, usageEvent: boolean): Wire {
  const chunk = (delta: object, finish: FinishReason | null = null): object => ({
    ...head(generation, id, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    // OpenAI announces the usage event with a null in every other one.
    ...(usageEvent ? { usage: null } : {}),
  });
  return {
    opening: () => chunk({ role: 'assistant', content: '' }),
    text: (content) => chunk({ content }),
    tool: {
      opening: (name) => chunk(toolOpening(`call_${id}`, name)),
      arguments: (piece) => chunk(toolArguments(piece)),
    },
    reasoning: (text) => chunk({ reasoning_content: text }),
    closing: (finish) => chunk({}, finish),
    usage: (usage) =>
      usageEvent ? { ...head(generation, id, 'chat.completion.chunk'), choices: [], usage } : undefined,
    whole: (content, reasoning, finish, usage) => ({
      ...head(generation, id, 'chat.completion'),
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content,
            ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
          },
          logprobs: null,
          finish_reason: finish,
        },
      ],
      ...(usage === undefined ? {} : { usage }),
    }),
    end: '[DONE]',
  };
}

/** Mistral puts the usage into the last event with a choice. */
function closingWithUsage(generation: Generation, id: string): Wire['closing'] {
  return (finish, usage) => ({
    ...head(generation, id, 'chat.completion.chunk'),
    choices: [{ index: 0, delta: { content: '' }, finish_reason: finish }],
    ...(usage === undefined ? {} : { usage }),
  });
}

function completionWire(generation: Generation, id: string): Wire {
  const chunk = (text: string, finish: FinishReason | null = null): object => ({
    ...head(generation, id, 'text_completion'),
    choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
    ...(generation.includeUsage ? { usage: null } : {}),
  });
  return {
    opening: () => undefined,
    text: (text) => chunk(text),
    reasoning: () => undefined,
    closing: (finish) => chunk('', finish),
    usage: (usage) =>
      generation.includeUsage
        ? { ...head(generation, id, 'text_completion'), choices: [], usage }
        : undefined,
    whole: (text, _reasoning, finish, usage) => ({
      ...head(generation, id, 'text_completion'),
      choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
      ...(usage === undefined ? {} : { usage }),
    }),
    end: '[DONE]',
  };
}

/** llama.cpp's own format: no ids, no choices, no `[DONE]`. */
function infillWire(generation: Generation): Wire {
  const last = (content: string, finish: FinishReason, usage: WireUsage | undefined): object => ({
    content,
    model: generation.model.id,
    stop: true,
    stop_type: finish === 'length' ? 'limit' : 'eos',
    truncated: false,
    ...(usage === undefined
      ? {}
      : { tokens_evaluated: usage.prompt_tokens, tokens_predicted: usage.completion_tokens }),
  });
  return {
    opening: () => undefined,
    text: (content) => ({ content, stop: false }),
    reasoning: () => undefined,
    closing: (finish, usage) => last('', finish, usage),
    usage: () => undefined,
    whole: (text, _reasoning, finish, usage) => last(text, finish, usage),
    end: undefined,
  };
}
