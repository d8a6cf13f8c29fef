import type { StreamEvent, ToolCall, Usage } from '../../app/ports/models.ts';
import { endOf, endTold } from '../http/ends.ts';
import { at, listAt, numberAt, stringAt } from '../http/json.ts';
import { ReasoningSplitter } from '../http/reasoning.ts';
import { MAX_ID_LENGTH, StreamedError, type AnswerReader } from '../http/stream.ts';
import { ToolCallCollector } from '../http/toolCalls.ts';
import { UsageParser } from '../http/usage.ts';
import { opaqueFields } from './opaque.ts';
import { isObject } from '../../core/shape.ts';

/** The parts of a request that the reader of a chat needs. */
export interface ChatFacts {
  readonly armId: string;
  /** The user's messages: tags that they mention do not count as the model's own. */
  readonly sent: string;
}

/**
 * Reads an answer from chunks in any of these forms: chat chunks (`choices[0].delta`), text completions
 * (`choices[0].text`), whole replies (`choices[0].message`), llama.cpp's infill (`content`).
 */
export class ChunkReader implements AnswerReader {
  generationId: string | undefined;
  /** The provider behind a gateway, as the gateway names it (OpenRouter). */
  provider: string | undefined;
  finish: string | undefined;
  /** Whether any text, reasoning or tool call arrived. */
  hasContent = false;
  /** Whether usage arrived in a chunk of its own, which is the last one. */
  hasEnded = false;
  chunks = 0;

  readonly #usage: UsageParser;
  readonly #asked: ChatFacts | undefined;
  /** Undefined: the text is code only. */
  readonly #splitter: ReasoningSplitter | undefined;
  /** The index of the choice that is read. */
  #index: number | undefined;
  /** Whether the call comes in the field that preceded `tool_calls`. */
  #isLegacyCall = false;
  readonly #toolCalls = new ToolCallCollector();
  /** OpenRouter's signed or encrypted thoughts, which belong before the first call. */
  readonly #details: object[] = [];

  constructor(promptTokensIncludeCached: boolean, asked?: ChatFacts) {
    this.#usage = new UsageParser(promptTokensIncludeCached);
    this.#asked = asked;
    this.#splitter = asked && new ReasoningSplitter(asked.sent);
  }

  get usage(): Usage | undefined {
    return this.#usage.usage;
  }

  read(chunk: unknown): StreamEvent[] {
    this.chunks++;
    this.generationId ??= stringAt(chunk, 'id')?.slice(0, MAX_ID_LENGTH);
    this.provider = stringAt(chunk, 'provider') ?? this.provider;
    this.#usage.read(chunk);
    const failed = stringAt(chunk, 'x_groq', 'error');
    if (failed !== undefined) throw new StreamedError({ message: failed });
    const choice = at(chunk, 'choices', 0);
    if (choice === undefined) {
      this.hasEnded ||= this.hasContent && (at(chunk, 'usage') ?? undefined) !== undefined;
      return this.#readInfill(chunk);
    }
    // The request asked for one answer; another choice's pieces would be mixed into it.
    const index = numberAt(choice, 'index');
    this.#index ??= index;
    if (index !== undefined && index !== this.#index) return [];
    // OpenRouter reports a provider's failure in the middle of an answer beside the choice's text.
    const error = at(choice, 'error');
    if (isObject(error)) throw new StreamedError(error);
    // A gateway may report the end of a failed provider as normal, with the provider's own reason beside it.
    const native = stringAt(choice, 'native_finish_reason');
    const told = stringAt(choice, 'finish_reason');
    this.finish = (endOf(native) === 'error' ? native : endTold(told)) || this.finish;
    const part = at(choice, 'delta') ?? at(choice, 'message') ?? choice;
    this.#collectToolCalls(part);
    return this.#shown(reasoningOf(part), textOf(part));
  }

  /** Text that was held back since it might have begun a tag. */
  rest(): StreamEvent[] {
    return this.#splitter?.end() ?? [];
  }

  /** The tool calls, once all their arguments have arrived. */
  end(): StreamEvent[] {
    const calls = this.#toolCalls.calls(endOf(this.finish) !== 'complete');
    return [
      ...this.rest(),
      ...calls.map((call, index) => ({ type: 'tool-call' as const, call: this.#complete(call, index) })),
    ];
  }

  #complete({ opaque, ...call }: ToolCall, index: number): ToolCall {
    const details =
      index === 0 && this.#details.length > 0 ? { reasoning_details: this.#details } : undefined;
    if (!this.#asked || (!opaque && !details)) return call;
    const { armId } = this.#asked;
    return { ...call, opaque: { armId, data: { ...(opaque && { call: opaque.data }), ...details } } };
  }

  #shown(reasoning: string, text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (reasoning) events.push({ type: 'reasoning', text: reasoning });
    if (text && this.#splitter) events.push(...this.#splitter.push(text));
    else if (text) events.push({ type: 'text', text });
    this.hasContent ||= reasoning !== '' || text.trim() !== '';
    // More arrived after an apparent end.
    if (reasoning !== '' || text.trim() !== '') this.hasEnded = false;
    return events;
  }

  #readInfill(chunk: unknown): StreamEvent[] {
    if (at(chunk, 'stop') === true) {
      this.finish = stringAt(chunk, 'stop_type') === 'limit' ? 'length' : 'stop';
      this.#usage.read({ usage: chunk });
    }
    return this.#shown('', stringAt(chunk, 'content') ?? '');
  }

  /** Texts arrive in pieces and are returned as one; the signature is the last piece's. */
  #addDetail(detail: unknown): void {
    if (!isObject(detail)) return;
    const last = this.#details.at(-1);
    const isSame = ['type', 'index', 'id'].every((name) => at(last, name) === at(detail, name));
    const words = ['text', 'summary'].find((name) => typeof at(detail, name) === 'string');
    if (last && isSame && words !== undefined) {
      const joined = (stringAt(last, words) ?? '') + (stringAt(detail, words) ?? '');
      this.#details[this.#details.length - 1] = { ...last, ...detail, [words]: joined };
    } else if (this.#details.length < MAX_DETAILS) this.#details.push(detail);
  }

  #collectToolCalls(part: unknown): void {
    for (const detail of listAt(part, 'reasoning_details')) this.#addDetail(detail);
    for (const piece of listAt(part, 'tool_calls')) {
      const extra = opaqueFields(piece);
      this.#toolCalls.add({
        index: indexIn(piece),
        id: stringAt(piece, 'id') ?? '',
        name: stringAt(piece, 'function', 'name') ?? '',
        input: inputOf(at(piece, 'function', 'arguments')),
        opaque: extra && { armId: this.#asked?.armId ?? '', data: extra },
      });
    }
    this.#collectLegacyCall(at(part, 'function_call'));
    this.hasContent ||= !this.#toolCalls.isEmpty;
  }

  /** OpenAI's form before `tool_calls`: one call, without an id. Some servers send both. */
  #collectLegacyCall(call: unknown): void {
    if (!isObject(call) || (!this.#isLegacyCall && !this.#toolCalls.isEmpty)) return;
    this.#isLegacyCall = true;
    const [name, input] = [stringAt(call, 'name') ?? '', inputOf(at(call, 'arguments'))];
    this.#toolCalls.add({ index: undefined, id: '', name, input, opaque: undefined });
  }
}

const MAX_DETAILS = 10_000;

/** As a number, or (some gateways) as its digits. */
function indexIn(piece: unknown): number | undefined {
  const digits = stringAt(piece, 'index');
  return numberAt(piece, 'index') ?? (digits && /^\d{1,3}$/.test(digits) ? Number(digits) : undefined);
}

/** JSON text in pieces, or (from some local servers) the object itself. */
const inputOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

/** Text is a string, or (Mistral) a list of parts, some of which are thoughts. A refusal is an answer too. */
function textOf(part: unknown): string {
  const content = at(part, 'content');
  if (Array.isArray(content)) {
    return content
      .map((piece: unknown) => (at(piece, 'type') === 'text' ? (stringAt(piece, 'text') ?? '') : ''))
      .join('');
  }
  return stringAt(part, 'content') || stringAt(part, 'text') || stringAt(part, 'refusal') || '';
}

const THOUGHTS: readonly (readonly string[])[] = [
  ['reasoning_content'],
  ['reasoning'],
  ['reasoning_text'],
  ['thinking'],
  ['reasoning', 'content'],
  ['reasoning', 'text'],
];

/** Some gateways send the same thought under several names. */
function reasoningOf(part: unknown): string {
  const named = THOUGHTS.map((path) => stringAt(part, ...path)).find((text) => text);
  if (named) return named;
  const details = listAt(part, 'reasoning_details').map(
    (detail) => stringAt(detail, 'text') ?? stringAt(detail, 'summary') ?? '',
  );
  return listAt(part, 'content')
    .flatMap((piece) => listAt(piece, 'thinking'))
    .map((thought) => stringAt(thought, 'text') ?? '')
    .concat(details)
    .join('');
}
