/**
 * Keeps the data that providers send beside tool calls and need back with them (thought signatures, encrypted
 * reasoning). VS Code's chat carries only a call's id, name and arguments, so the data waits here for the follow-up
 * request. In memory only, bounded; a call whose data was dropped is sent without it.
 */
import type { OpaqueState, ToolCall } from '../ports/models.ts';
import type { ChatTurn } from './messages.ts';

/** The most calls, and the most characters of their data as JSON. */
const MAX_CALLS = 2_000;
const MAX_CHARS = 16 * 1024 * 1024;

export class OpaqueMemory {
  /** In the order of insertion: the oldest is dropped first. */
  readonly #states = new Map<string, { readonly state: OpaqueState; readonly chars: number }>();
  #chars = 0;
  /** Calls whose data was refused: from then on they are sent as text. The oldest is dropped first. */
  readonly #refused = new Set<string>();

  keep({ id, opaque }: Pick<ToolCall, 'id' | 'opaque'>): void {
    if (!opaque) return;
    this.#forget(id);
    const chars = JSON.stringify(opaque).length;
    this.#states.set(id, { state: opaque, chars });
    this.#chars += chars;
    for (const oldest of this.#states.keys()) {
      if (this.#chars <= MAX_CHARS && this.#states.size <= MAX_CALLS) return;
      this.#forget(oldest);
    }
  }

  /** The turns with each call's data. The data names the arm that made it, and only that arm receives it. */
  recall(turns: readonly ChatTurn[]): readonly ChatTurn[] {
    if (this.#states.size === 0) return turns;
    return turns.map((turn) => ({
      ...turn,
      parts: turn.parts.map((part) => {
        const opaque = part.type === 'tool-call' ? this.#states.get(part.call.id)?.state : undefined;
        return part.type === 'tool-call' && opaque ? { ...part, call: { ...part.call, opaque } } : part;
      }),
    }));
  }

  /** Called when the model refused the data sent back beside these calls. */
  refused(callIds: readonly string[]): void {
    for (const id of callIds) {
      this.#forget(id);
      this.#refused.delete(id);
      this.#refused.add(id);
    }
    for (const oldest of this.#refused) {
      if (this.#refused.size <= MAX_CALLS) return;
      this.#refused.delete(oldest);
    }
  }

  isRefused(callId: string): boolean {
    return this.#refused.has(callId);
  }

  #forget(id: string): void {
    this.#chars -= this.#states.get(id)?.chars ?? 0;
    this.#states.delete(id);
  }
}
