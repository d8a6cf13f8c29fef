import type { StreamEvent, ToolCall, Usage } from '../../app/ports/models.ts';
import { MAX_ID_LENGTH, type AnswerReader } from '../http/stream.ts';
import { at, listAt, numberAt, stringAt } from '../http/json.ts';
import { parseUsage } from '../http/usage.ts';

/**
 * Reads an answer from its chunks, whichever of these shapes they have: chat chunks (`choices[0].delta`), text
 * completions (`choices[0].text`), whole replies (`choices[0].message`), llama.cpp's infill (`content`).
 */
export class Answer implements AnswerReader {
  usage: Usage | undefined;
  generationId: string | undefined;
  /** The provider behind a gateway, by the name the gateway gives it (OpenRouter). */
  provider: string | undefined;
  finish: string | undefined;
  /** Anything to show: text, reasoning or a tool call. */
  hasContent = false;
  chunks = 0;

  readonly #promptTokensIncludeCached: boolean;
  readonly #toolCalls = new Map<number, { id: string; name: string; input: string }>();

  constructor(promptTokensIncludeCached: boolean) {
    this.#promptTokensIncludeCached = promptTokensIncludeCached;
  }

  read(chunk: unknown): StreamEvent[] {
    this.chunks++;
    this.generationId ??= stringAt(chunk, 'id')?.slice(0, MAX_ID_LENGTH);
    this.provider = stringAt(chunk, 'provider') ?? this.provider;
    this.#readUsage(chunk);
    const choice = at(chunk, 'choices', 0);
    if (choice === undefined) return this.#readInfill(chunk);
    this.finish = stringAt(choice, 'finish_reason') ?? this.finish;
    const part = at(choice, 'delta') ?? at(choice, 'message') ?? choice;
    this.#collectToolCalls(listAt(part, 'tool_calls'));
    return this.#shown(reasoningOf(part), textOf(part));
  }

  /** The tool calls, once all their arguments have arrived. */
  end(): StreamEvent[] {
    return [...this.#toolCalls].map(([index, call]) => ({ type: 'tool-call', call: complete(call, index) }));
  }

  #shown(reasoning: string, text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (reasoning) events.push({ type: 'reasoning', text: reasoning });
    if (text) events.push({ type: 'text', text });
    this.hasContent ||= events.length > 0;
    return events;
  }

  /** Some servers repeat a running count in every chunk, so the last one that can be believed counts. */
  #readUsage(chunk: unknown): void {
    const raw = at(chunk, 'usage') ?? at(chunk, 'x_groq', 'usage');
    this.usage = parseUsage(raw, this.#promptTokensIncludeCached) ?? this.usage;
  }

  #readInfill(chunk: unknown): StreamEvent[] {
    if (at(chunk, 'stop') === true) {
      this.finish = stringAt(chunk, 'stop_type') === 'limit' ? 'length' : 'stop';
      const counts = {
        prompt_tokens: numberAt(chunk, 'tokens_evaluated'),
        completion_tokens: numberAt(chunk, 'tokens_predicted'),
      };
      this.usage = parseUsage(counts, true) ?? this.usage;
    }
    return this.#shown('', stringAt(chunk, 'content') ?? '');
  }

  #collectToolCalls(parts: readonly unknown[]): void {
    for (const [position, part] of parts.entries()) {
      const index = numberAt(part, 'index') ?? position;
      const call = this.#toolCalls.get(index) ?? { id: '', name: '', input: '' };
      call.id ||= stringAt(part, 'id') ?? '';
      call.name ||= stringAt(part, 'function', 'name') ?? '';
      call.input += inputOf(at(part, 'function', 'arguments'));
      this.#toolCalls.set(index, call);
      this.hasContent = true;
    }
  }
}

/** JSON text in pieces, or (some local servers) the object itself. */
const inputOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

const complete = (call: ToolCall, index: number): ToolCall => ({
  id: call.id || `call_${call.name}_${index}`,
  name: call.name,
  input: call.input || '{}',
});

/** Text is a string, or (Mistral) a list of parts, of which some are thoughts. A refusal is an answer too. */
function textOf(part: unknown): string {
  const content = at(part, 'content');
  if (Array.isArray(content)) {
    return content
      .map((piece: unknown) => (at(piece, 'type') === 'text' ? (stringAt(piece, 'text') ?? '') : ''))
      .join('');
  }
  return stringAt(part, 'content') || stringAt(part, 'text') || stringAt(part, 'refusal') || '';
}

function reasoningOf(part: unknown): string {
  const named = stringAt(part, 'reasoning_content') ?? stringAt(part, 'reasoning');
  if (named !== undefined) return named;
  return listAt(part, 'content')
    .flatMap((piece) => listAt(piece, 'thinking'))
    .map((thought) => stringAt(thought, 'text') ?? '')
    .join('');
}
