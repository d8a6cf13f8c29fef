/**
 * One running request, independent of the editor's cancellation: the editor cancels at every key, but text that the
 * user goes on to type as predicted is still useful. The request is aborted, and its socket closed, when no caller has
 * waited for it for a moment.
 */
import type { Arm } from '../../core/arm.ts';
import type { Decision } from '../../core/decision.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import { anchored, typedSince } from '../../core/inline/reuse.ts';
import type { Anchored } from '../../core/inline/reuse.ts';
import { stripArtefacts } from '../../core/inline/artefacts.ts';
import type { FimFormat } from '../../core/inline/fim/format.ts';
import type { Gate } from '../../core/inline/streamGate.ts';
import { streamVerdict } from '../../core/inline/streamGate.ts';
import type { Disposable } from '../ports/environment.ts';
import type { Problem } from '../call/problem.ts';
import type { CompletionEvent } from '../call/routedCompletion.ts';
import type { Timers } from './ports.ts';
import type { Suggestion } from './suggestion.ts';

export interface RunningInput {
  readonly documentId: string;
  readonly cursor: CursorText;
  readonly gate: Gate;
  readonly formatOf: (arm: Arm) => FimFormat | undefined;
  readonly timers: Timers;
  readonly now: () => number;
  /** Called once, when the request has ended by itself; its return value is the result for all callers. */
  readonly finish: (end: RunEnd | Problem | undefined) => Suggestion | undefined;
  /** The engine threw, or could not settle after the stream was left. */
  readonly onError: (error: unknown) => void;
}

export interface RunEnd {
  readonly decision: Decision;
  readonly arm: Arm;
  readonly format: FimFormat;
  /** The model's text up to the stop. */
  readonly raw: string;
  /** Whether the output cap ended it, possibly in the middle of a control token. */
  readonly atCap: boolean;
  /** Milliseconds from sending to the last wanted text. */
  readonly tookMs: number;
}

/**
 * Milliseconds without a waiting caller after which the request is aborted; longer than the gap between two calls for
 * one key.
 */
const LINGER_MS = 120;

export class Running {
  readonly result: Promise<Suggestion | undefined>;
  /** Settles when an arm has been chosen, or nothing was sent. */
  readonly routed: Promise<Decision | undefined>;
  readonly documentId: string;
  readonly place: Anchored;
  readonly #input: RunningInput;
  readonly #aborter = new AbortController();
  #raw = '';
  #format: FimFormat | undefined;
  #waiting = 0;
  #linger: Disposable | undefined;
  #ended = false;

  constructor(input: RunningInput, open: (signal: AbortSignal) => AsyncIterable<CompletionEvent>) {
    this.#input = input;
    this.documentId = input.documentId;
    this.place = anchored(input.cursor);
    let resolve: (decision: Decision | undefined) => void = () => undefined;
    this.routed = new Promise((settle) => {
      resolve = settle;
    });
    this.result = this.#run(open(this.#aborter.signal), resolve);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The text typed since, if the received text continues the same way; undefined = the request is useless. */
  joins(cursor: CursorText): string | undefined {
    if (this.#aborter.signal.aborted) return undefined;
    const typed = typedSince(this.place, cursor);
    if (typed === undefined) return undefined;
    if (typed === '' || this.#format === undefined) return typed;
    const text = stripArtefacts(this.#raw, { ...this.#input.gate.place, format: this.#format }).trimStart();
    const wanted = typed.trimStart();
    return text.startsWith(wanted) || wanted.startsWith(text) ? typed : undefined;
  }

  /** Waits for the end as long as `signal` allows; the last caller to leave starts the clock. */
  async wait(signal: AbortSignal): Promise<Suggestion | undefined> {
    this.#waiting += 1;
    this.#linger?.dispose();
    try {
      return await Promise.race([this.result, aborted(signal)]);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#ended) {
        this.#linger = this.#input.timers.after(LINGER_MS, () => this.abort());
      }
    }
  }

  abort(): void {
    this.#aborter.abort();
  }

  async #run(
    events: AsyncIterable<CompletionEvent>,
    onRouted: (decision: Decision | undefined) => void,
  ): Promise<Suggestion | undefined> {
    try {
      return this.#input.finish(await this.#consume(events, onRouted));
    } catch (error) {
      // A broken invariant of the engine is logged; it does not concern the user who types.
      this.#input.onError(error);
      return undefined;
    } finally {
      this.#ended = true;
      this.#linger?.dispose();
      onRouted(undefined);
    }
  }

  async #consume(
    events: AsyncIterable<CompletionEvent>,
    onRouted: (decision: Decision) => void,
  ): Promise<RunEnd | Problem | undefined> {
    const began = this.#input.now();
    const iterator = events[Symbol.asyncIterator]();
    let routed: { decision: Decision; arm: Arm; format: FimFormat } | undefined;
    let atCap = false;
    for (;;) {
      const step: IteratorResult<CompletionEvent, unknown> = await iterator.next();
      if (step.done === true) break;
      const event = step.value;
      const format = event.type === 'routed' ? this.#input.formatOf(event.arm) : routed?.format;
      // A provider may continue after the cancellation; its further text is dropped.
      if (this.#aborter.signal.aborted || (format === undefined && event.type !== 'failed')) {
        this.#leave(iterator);
        return undefined;
      }
      if (event.type === 'failed') return event.problem;
      if (event.type === 'routed' && format !== undefined) {
        routed = { decision: event.decision, arm: event.arm, format };
        this.#raw = '';
        this.#format = format;
        onRouted(event.decision);
      }
      if (event.type === 'ended') atCap = event.incomplete === 'length';
      if (event.type === 'text-was-reasoning') this.#raw = '';
      if (event.type !== 'text' || routed === undefined) continue;
      this.#raw += event.text;
      if (!this.#isEnough(routed.format)) continue;
      this.#leave(iterator);
      break;
    }
    return routed && { ...routed, raw: this.#raw, atCap, tookMs: this.#input.now() - began };
  }

  /** The local model returns everything at once; a stream is cut where the following text would not be shown. */
  #isEnough(format: FimFormat): boolean {
    return format.transport === 'local' || streamVerdict(this.#raw, format, this.#input.gate) !== undefined;
  }

  /**
   * Ends the stream and closes the socket: the following text is neither shown nor billed. Not awaited, since the
   * engine settles on its way out, and the suggestion need not wait for a disk.
   */
  #leave(iterator: AsyncIterator<CompletionEvent>): void {
    iterator.return?.().catch((error: unknown) => this.#input.onError(error));
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
