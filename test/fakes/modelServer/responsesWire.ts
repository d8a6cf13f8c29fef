/** The events of OpenAI's Responses API: items that open, grow and are done, and the response that ends with its usage. */
import type { Generation } from './generation.ts';
import { encryptedReasoning } from './responsesApi.ts';
import type { FinishReason, Wire, WireUsage } from './wire.ts';

export function responsesWire(generation: Generation, id: string): Wire {
  const { model } = generation;
  let sequence = 0;
  let item:
    | { readonly type: string; readonly id: string; readonly rest: Record<string, unknown>; text: string }
    | undefined;
  let index = -1;
  const event = (type: string, fields: object): object => ({ type, sequence_number: sequence++, ...fields });
  const response = (status: string, fields: object = {}): object => ({
    id: `resp_${id}`,
    object: 'response',
    status,
    model: model.id,
    output: [],
    ...fields,
  });
  const whole = (): object => {
    const { type, id: itemId, rest, text } = item ?? { type: '', id: '', rest: {}, text: '' };
    switch (type) {
      case 'message':
        return {
          type,
          id: itemId,
          role: 'assistant',
          content: [{ type: 'output_text', text }],
          status: 'completed',
        };
      case 'function_call':
        return { type, id: itemId, ...rest, arguments: text, status: 'completed' };
      default:
        return {
          type,
          id: itemId,
          summary: [{ type: 'summary_text', text }],
          encrypted_content: encryptedReasoning(model.id, id),
        };
    }
  };
  const close = (): object[] => {
    if (item === undefined) return [];
    const done = event('response.output_item.done', { output_index: index, item: whole() });
    item = undefined;
    return [done];
  };
  const start = (type: string, rest: Record<string, unknown> = {}): object[] => {
    const closed = close();
    index += 1;
    item = { type, id: `${type.slice(0, 3)}_${id}_${index}`, rest, text: '' };
    return [
      ...closed,
      event('response.output_item.added', { output_index: index, item: { type, id: item.id, ...rest } }),
    ];
  };
  const grow = (type: string, kind: string, text: string): object[] => {
    const begun = item?.type === type ? [] : start(type);
    if (item) item.text += text;
    return [...begun, event(kind, { item_id: item?.id, output_index: index, delta: text })];
  };
  const usageOf = (usage: WireUsage | undefined): object | null =>
    usage === undefined
      ? null
      : {
          input_tokens: usage.prompt_tokens,
          input_tokens_details: usage.prompt_tokens_details,
          output_tokens: usage.completion_tokens,
          output_tokens_details: usage.completion_tokens_details,
          total_tokens: usage.total_tokens,
        };
  const last = (finish: FinishReason, usage: WireUsage | undefined): object =>
    finish === 'length'
      ? response('incomplete', { incomplete_details: { reason: 'max_output_tokens' }, usage: usageOf(usage) })
      : response('completed', { usage: usageOf(usage) });
  return {
    named: true,
    opening: () => event('response.created', { response: response('in_progress') }),
    text: (text) => grow('message', 'response.output_text.delta', text),
    tool: {
      opening: (name) => {
        // A model that reasons has always reasoned before a call, shown or not.
        const thought = model.reasoning && item?.type !== 'reasoning' ? start('reasoning') : [];
        return [...thought, ...start('function_call', { call_id: `call_${id}`, name })];
      },
      arguments: (piece) => grow('function_call', 'response.function_call_arguments.delta', piece),
    },
    reasoning: (text) => grow('reasoning', 'response.reasoning_summary_text.delta', text),
    closing: (finish, usage) => [
      ...(finish === 'length' ? [] : close()),
      event(finish === 'length' ? 'response.incomplete' : 'response.completed', {
        response: last(finish, usage),
      }),
    ],
    usage: () => undefined,
    whole: (text, _reasoning, finish, usage) => ({
      ...last(finish, usage),
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
    }),
    error: (error) =>
      event('error', { code: error.code ?? 'server_error', message: error.message, param: null }),
    end: undefined,
  };
}
