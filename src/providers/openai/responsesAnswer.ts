import type { StreamEvent, Usage } from '../../app/ports/models.ts';
import { MAX_ID_LENGTH, StreamedError, type AnswerReader } from '../http/stream.ts';
import { at, stringAt } from '../http/json.ts';
import { UsageParser } from '../http/usage.ts';

interface WholeCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
}

/** Reads an answer from the events of the Responses API. */
export class ResponsesAnswer implements AnswerReader {
  generationId: string | undefined;
  finish: string | undefined;
  hasContent = false;
  /** Whether `response.completed` or `response.incomplete` arrived. */
  hasEnded = false;

  readonly #armId: string;
  readonly #usage = new UsageParser(true);
  readonly #calls: WholeCall[] = [];
  readonly #reasoning: unknown[] = [];

  constructor(armId: string) {
    this.#armId = armId;
  }

  get usage(): Usage | undefined {
    return this.#usage.usage;
  }

  read(event: unknown): StreamEvent[] {
    this.#usage.read(event);
    const type = stringAt(event, 'type') ?? '';
    if (type === 'error' || type === 'response.failed')
      throw new StreamedError(at(event, 'response', 'error') ?? event);
    this.generationId ??= stringAt(event, 'response', 'id')?.slice(0, MAX_ID_LENGTH);
    if (TEXT_DELTAS.has(type)) return this.#shown('text', stringAt(event, 'delta') ?? '');
    if (REASONING_DELTAS.has(type)) return this.#shown('reasoning', stringAt(event, 'delta') ?? '');
    if (type === 'response.output_item.added')
      this.hasContent ||= stringAt(event, 'item', 'type') === 'function_call';
    if (type === 'response.output_item.done') this.#keep(at(event, 'item'));
    if (type === 'response.completed' || type === 'response.incomplete') this.#close(at(event, 'response'));
    return [];
  }

  /** The complete calls; the first one carries the reasoning before them. */
  end(): StreamEvent[] {
    if (this.finish === 'length') return [];
    return this.#calls.map((call, position) => {
      const isFirst = position === 0 && this.#reasoning.length > 0;
      const opaque = { armId: this.#armId, data: { reasoning: this.#reasoning } };
      return { type: 'tool-call', call: isFirst ? { ...call, opaque } : call };
    });
  }

  #shown(type: 'text' | 'reasoning', text: string): StreamEvent[] {
    if (text === '') return [];
    this.hasContent = true;
    return [{ type, text }];
  }

  /** A finished item has all its arguments. */
  #keep(item: unknown): void {
    const type = stringAt(item, 'type');
    if (type === 'reasoning') this.#reasoning.push(item);
    if (type !== 'function_call') return;
    const name = stringAt(item, 'name') ?? '';
    this.#calls.push({
      id: stringAt(item, 'call_id') ?? `call_${name}_${this.#calls.length}`,
      name,
      input: stringAt(item, 'arguments') || '{}',
    });
  }

  #close(response: unknown): void {
    this.hasEnded = true;
    const reason = stringAt(response, 'incomplete_details', 'reason');
    if (stringAt(response, 'status') !== 'incomplete') {
      this.finish = this.#calls.length > 0 ? 'tool_calls' : 'stop';
    } else {
      this.finish = reason === 'content_filter' ? 'content_filter' : 'length';
    }
  }
}

const TEXT_DELTAS = new Set(['response.output_text.delta', 'response.refusal.delta']);
const REASONING_DELTAS = new Set(['response.reasoning_summary_text.delta', 'response.reasoning_text.delta']);
