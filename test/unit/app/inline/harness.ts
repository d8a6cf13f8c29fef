/** The inline use case with a clock that only tests advance, and an engine whose arms return what a test wants. */
import assert from 'node:assert/strict';
import type { CompletionEvent, CompletionOrder } from '../../../../src/app/call/routedCompletion.ts';
import type { Suggestion } from '../../../../src/app/inline/suggestion.ts';
import { InlineCompleter } from '../../../../src/app/inline/completer.ts';
import type { Completed } from '../../../../src/app/inline/completer.ts';
import type { InlineDeps, InlineSettings, Timers } from '../../../../src/app/inline/ports.ts';
import type { InlineRequest } from '../../../../src/app/inline/request.ts';
import type { Problem } from '../../../../src/app/call/problem.ts';
import type { Arm } from '../../../../src/core/arm.ts';
import { armId } from '../../../../src/core/brand.ts';
import type { DecisionId, NanoUsd } from '../../../../src/core/brand.ts';
import type { Decision, ExclusionReason } from '../../../../src/core/decision.ts';
import { chooseFormat } from '../../../../src/core/inline/fim/infer.ts';
import type { LocalCompletion, LocalQuery } from '../../../../src/core/local/localModel.ts';
import { LOCAL_ARM } from '../../../../src/core/local/localArm.ts';
import { at } from '../../core/inline/fimCase.ts';

/** Timers that fire in the order of time when the test advances the clock, each with its consequences. */
export class FakeClock implements Timers {
  now = 1_000_000;
  #pending: { at: number; action: () => void }[] = [];

  after(ms: number, action: () => void): { dispose(): void } {
    assert.ok(ms >= 0, 'no timer lies in the past');
    const timer = { at: this.now + ms, action };
    this.#pending.push(timer);
    return { dispose: () => (this.#pending = this.#pending.filter((each) => each !== timer)) };
  }

  get pending(): number {
    return this.#pending.length;
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settled();
      const next = this.#pending.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#pending = this.#pending.filter((each) => each !== next);
      this.now = Math.max(this.now, next.at);
      next.action();
    }
    this.now = end;
    await settled();
  }
}

/** Runs everything that only waits for promises. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 40; i += 1) await Promise.resolve();
}

const PAID = { inputUsdPerMTok: 1, outputUsdPerMTok: 2 };
const FREE = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };

export const makeArm = (
  model: string,
  options: { readonly free?: boolean; readonly fim?: string } = {},
): Arm => ({
  ...LOCAL_ARM,
  id: armId('test', model),
  endpointId: 'test',
  model,
  label: model,
  price: options.free === true ? FREE : PAID,
  capabilities: { tools: false, images: false, fim: options.fim ?? 'suffix' },
});

export interface Sent {
  readonly arm: Arm;
  readonly order: CompletionOrder;
  readonly aborted: () => boolean;
}

/** Chooses the first arm that is not excluded, and streams its script's text, `pieceMs` apart. */
export class FakeEngine {
  readonly sent: Sent[] = [];
  readonly excluded: ReadonlyMap<string, ExclusionReason>[] = [];
  pieces: readonly string[] = ['f(x);'];
  pieceMs = 50;
  /** The model stopped at its output cap. */
  atCap = false;
  problem: Problem | undefined;
  throws: Error | undefined;
  /** A provider that ignores the cancellation. */
  deaf = false;
  readonly #clock: FakeClock;
  readonly #arms: () => readonly Arm[];
  #count = 0;

  constructor(clock: FakeClock, arms: () => readonly Arm[]) {
    this.#clock = clock;
    this.#arms = arms;
  }

  async *run(order: CompletionOrder): AsyncGenerator<CompletionEvent, void, undefined> {
    if (this.throws !== undefined) throw this.throws;
    const reasons = new Map<string, ExclusionReason>();
    for (const arm of this.#arms()) {
      const reason = order.exclude?.(arm);
      if (reason !== undefined) reasons.set(arm.model, reason);
    }
    this.excluded.push(reasons);
    const arm = this.#arms().find(({ model }) => !reasons.has(model));
    if (arm === undefined || this.problem !== undefined) {
      yield { type: 'failed', problem: this.problem ?? { kind: 'no-models' } };
      return;
    }
    this.sent.push({ arm, order, aborted: () => order.signal.aborted });
    yield { type: 'routed', decision: this.#decision(arm), arm };
    if (arm.capabilities.fim === 'local') yield* localText(order, arm);
    else yield* this.#stream(order);
    yield {
      type: 'ended',
      costNano: 0 as NanoUsd,
      costSource: 'priced-usage',
      leftNano: undefined,
      finish: this.atCap ? 'length' : 'stop',
      incomplete: this.atCap ? 'length' : undefined,
      usage: undefined,
    };
  }

  async *#stream(order: CompletionOrder): AsyncGenerator<CompletionEvent, void, undefined> {
    for (const text of this.pieces) {
      await new Promise<void>((resolve) => {
        this.#clock.after(this.pieceMs, resolve);
        if (!this.deaf) order.signal.addEventListener('abort', () => resolve());
      });
      if (order.signal.aborted && !this.deaf) return;
      yield { type: 'text', text };
    }
  }

  #decision(arm: Arm): Decision {
    return { id: `d${++this.#count}` as DecisionId, chosen: arm.id } as Decision;
  }
}

async function* localText(
  order: CompletionOrder,
  arm: Arm,
): AsyncGenerator<CompletionEvent, void, undefined> {
  const client = { chat: () => assert.fail('no network'), complete: () => assert.fail('no network') };
  for await (const event of order.call.open(client, arm, { outputCap: 64 }, order.signal).events) {
    if (event.type === 'text') yield event;
  }
}

const SETTINGS: InlineSettings = {
  enabled: true,
  languages: { '*': true },
  excludedFiles: [],
  paid: true,
  local: true,
  multiline: 'auto',
  latencyTargetMs: 2000,
  contextTokens: 1000,
  debounceMs: { min: 50, max: 50 },
};

export interface Bench {
  readonly clock: FakeClock;
  readonly engine: FakeEngine;
  readonly completer: InlineCompleter;
  readonly problems: Problem[];
  readonly errors: unknown[];
  readonly queries: LocalQuery[];
  settings: InlineSettings;
  local: LocalCompletion | undefined;
  arms: readonly Arm[];
  /** One call of the editor; typing before it has earned a paid request. */
  ask(marked: string, change?: Partial<InlineRequest>): Call;
}

export interface Call {
  readonly result: Promise<Completed>;
  cancel(): void;
  done(): Completed | undefined;
}

export function makeBench(arms: readonly Arm[] = [makeArm('one')]): Bench {
  const clock = new FakeClock();
  const problems: Problem[] = [];
  const errors: unknown[] = [];
  const queries: LocalQuery[] = [];
  const engine = new FakeEngine(clock, () => bench.arms);
  const onError = (message: string, error: unknown): void => {
    if (engine.throws === undefined) assert.fail(message);
    errors.push(error);
  };
  const deps: InlineDeps = {
    now: () => clock.now,
    timers: clock,
    log: { info: () => undefined, warn: () => undefined, error: onError },
    engine,
    learning: { correctedOutcome: () => Promise.resolve() },
    local: {
      complete: (query) => {
        queries.push(query);
        return Promise.resolve(bench.local);
      },
    },
    settings: () => bench.settings,
    arms: () => bench.arms,
    formatOf: (arm) => chooseFormat(arm.capabilities.fim, arm.model, 'localhost'),
    context: () => [],
    onProblem: (problem) => problems.push(problem),
  };
  const completer = new InlineCompleter(deps);
  const bench: Bench = {
    clock,
    engine,
    completer,
    problems,
    errors,
    queries,
    settings: SETTINGS,
    local: undefined,
    arms,
    ask: (marked, change) => call(completer, marked, change),
  };
  completer.typed(40);
  return bench;
}

function call(completer: InlineCompleter, marked: string, change: Partial<InlineRequest> = {}): Call {
  const aborter = new AbortController();
  let done: Completed | undefined;
  const request: InlineRequest = {
    documentId: 'doc',
    path: 'src/a.ts',
    languageId: 'typescript',
    scheme: 'file',
    cursor: at(marked),
    cursors: 1,
    tabSize: 2,
    insertSpaces: true,
    explicit: false,
    selected: undefined,
    ...change,
  };
  const result = completer.complete(request, aborter.signal).then((completed) => (done = completed));
  return { result, cancel: () => aborter.abort(), done: () => done };
}

export const texts = (completed: Completed | undefined): readonly string[] =>
  (completed?.suggestions ?? []).map(({ text }: Suggestion) => text);
