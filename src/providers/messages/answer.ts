import type { StreamEvent, ToolCall, Usage } from '../../app/ports/models.ts';
import { at, numberAt, stringAt } from '../http/json.ts';
import { MAX_ID_LENGTH, type AnswerReader } from '../http/stream.ts';
import { UsageParser } from '../http/usage.ts';

interface OpenBlock {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** Text, thoughts, or a call's arguments, so far. */
  text: string;
  signature: string;
  readonly data: string;
  ended: boolean;
}

/** Reads an answer from the events of the Messages API. */
export class MessagesAnswer implements AnswerReader {
  generationId: string | undefined;
  finish: string | undefined;
  hasContent = false;
  /** Whether `message_stop` arrived: the answer is complete. */
  hasEnded = false;

  readonly #armId: string;
  readonly #blocks = new Map<number, OpenBlock>();
  /** Counts arrive in parts: the input at the start, the output with each `message_delta`, cumulative. */
  readonly #usage = new UsageParser(false);

  constructor(armId: string) {
    this.#armId = armId;
  }

  get usage(): Usage | undefined {
    return this.#usage.usage;
  }

  read(event: unknown): StreamEvent[] {
    this.#usage.read(event);
    switch (stringAt(event, 'type')) {
      case 'message_start':
        this.generationId ??= stringAt(event, 'message', 'id')?.slice(0, MAX_ID_LENGTH);
        return [];
      case 'content_block_start':
        return this.#open(numberAt(event, 'index') ?? -1, at(event, 'content_block'));
      case 'content_block_delta':
        return this.#extend(numberAt(event, 'index') ?? -1, at(event, 'delta'));
      case 'content_block_stop': {
        const block = this.#blocks.get(numberAt(event, 'index') ?? -1);
        if (block) block.ended = true;
        return [];
      }
      case 'message_delta':
        this.finish = finishOf(stringAt(event, 'delta', 'stop_reason')) ?? this.finish;
        return [];
      case 'message_stop':
        this.hasEnded = true;
        return [];
      default:
        // `ping` and unknown events: the API asks clients to ignore them.
        return [];
    }
  }

  /** The calls with complete arguments; the first one carries the thoughts before them. */
  end(): StreamEvent[] {
    const thinking = [...this.#blocks.values()].flatMap(thoughtOf);
    const whole = [...this.#blocks.values()].filter(({ type, ended }) => type === 'tool_use' && ended);
    if (this.finish === 'length') return [];
    return whole.map((block, position) => {
      const opaque =
        position === 0 && thinking.length > 0 ? { armId: this.#armId, data: { thinking } } : undefined;
      const call: ToolCall = {
        id: block.id || `call_${block.name}_${position}`,
        name: block.name,
        input: block.text || '{}',
        ...(opaque && { opaque }),
      };
      return { type: 'tool-call', call };
    });
  }

  #open(index: number, started: unknown): StreamEvent[] {
    const type = stringAt(started, 'type') ?? '';
    const block: OpenBlock = {
      type,
      id: stringAt(started, 'id') ?? '',
      name: stringAt(started, 'name') ?? '',
      text: '',
      signature: stringAt(started, 'signature') ?? '',
      data: stringAt(started, 'data') ?? '',
      ended: false,
    };
    this.#blocks.set(index, block);
    if (type === 'tool_use') this.hasContent = true;
    return this.#grow(block, stringAt(started, 'text') ?? stringAt(started, 'thinking') ?? '');
  }

  #extend(index: number, delta: unknown): StreamEvent[] {
    const block = this.#blocks.get(index);
    if (!block) return [];
    block.signature += stringAt(delta, 'signature') ?? '';
    const more =
      stringAt(delta, 'text') ?? stringAt(delta, 'thinking') ?? stringAt(delta, 'partial_json') ?? '';
    return this.#grow(block, more);
  }

  #grow(block: OpenBlock, more: string): StreamEvent[] {
    block.text += more;
    if (more === '' || (block.type !== 'text' && block.type !== 'thinking')) return [];
    this.hasContent = true;
    return [{ type: block.type === 'text' ? 'text' : 'reasoning', text: more }];
  }
}

const thoughtOf = ({ type, text, signature, data }: OpenBlock): object[] => {
  if (type === 'thinking' && signature) return [{ type, thinking: text, signature }];
  return type === 'redacted_thinking' && data ? [{ type, data }] : [];
};

/** In Chat Completions' terms, which the rest of PILOT uses. */
const FINISHES: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

const finishOf = (reason: string | undefined): string | undefined =>
  reason === undefined ? undefined : (FINISHES[reason] ?? reason);
