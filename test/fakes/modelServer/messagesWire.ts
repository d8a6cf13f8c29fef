/** The events of Anthropic's Messages API: blocks that open, grow and close. */
import type { Generation } from './generation.ts';
import { signatureOf } from './messagesApi.ts';
import type { FinishReason, Wire, WireUsage } from './wire.ts';

const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
};

export function messagesWire(generation: Generation, id: string): Wire {
  const { model } = generation;
  let index = -1;
  let open: 'text' | 'thinking' | 'tool_use' | undefined;
  let thoughts = '';
  const close = (): object[] => {
    if (open === undefined) return [];
    const signed =
      open === 'thinking'
        ? [delta({ type: 'signature_delta', signature: signatureOf(model.id, thoughts) })]
        : [];
    open = undefined;
    return [...signed, { type: 'content_block_stop', index }];
  };
  const delta = (part: object): object => ({ type: 'content_block_delta', index, delta: part });
  const start = (kind: NonNullable<typeof open>, block: object): object[] => {
    const closed = close();
    index += 1;
    open = kind;
    return [...closed, { type: 'content_block_start', index, content_block: { type: kind, ...block } }];
  };
  const grow = (kind: 'text' | 'thinking', text: string): object[] => {
    const begun =
      open === kind ? [] : start(kind, kind === 'text' ? { text: '' } : { thinking: '', signature: '' });
    if (kind === 'thinking') thoughts += text;
    const part = kind === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text };
    return [...begun, delta(part)];
  };
  const usageOf = (usage: WireUsage | undefined): object => {
    if (usage === undefined) return { output_tokens: null };
    const { cached_tokens: read, cache_write_tokens: write = 0 } = usage.prompt_tokens_details;
    return {
      input_tokens: usage.prompt_tokens - read - write,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: write,
      ...(generation.hourCache && { cache_creation: { ephemeral_1h_input_tokens: write } }),
      output_tokens: usage.completion_tokens,
      output_tokens_details: { thinking_tokens: usage.completion_tokens_details.reasoning_tokens },
    };
  };
  return {
    named: true,
    opening: () => ({
      type: 'message_start',
      message: {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        model: model.id,
        content: [],
        usage: null,
      },
    }),
    text: (text) => grow('text', text),
    tool: {
      opening: (name) => start('tool_use', { id: `toolu_${id}`, name, input: {} }),
      arguments: (piece) => delta({ type: 'input_json_delta', partial_json: piece }),
    },
    reasoning: (text) => grow('thinking', text),
    closing: (finish, usage) => [
      ...close(),
      {
        type: 'message_delta',
        delta: { stop_reason: stopReasons[finish], stop_sequence: null },
        usage: usageOf(usage),
      },
      { type: 'message_stop' },
    ],
    usage: () => undefined,
    whole: (text, reasoning, finish, usage) => ({
      id: `msg_${id}`,
      type: 'message',
      role: 'assistant',
      model: model.id,
      content: [
        ...(reasoning === undefined
          ? []
          : [{ type: 'thinking', thinking: reasoning, signature: signatureOf(model.id, reasoning) }]),
        { type: 'text', text },
      ],
      stop_reason: stopReasons[finish],
      usage: usageOf(usage),
    }),
    error: (error) => ({ type: 'error', error: { type: 'api_error', message: error.message } }),
    end: undefined,
  };
}
