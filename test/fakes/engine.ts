/**
 * The engine (src/app/call/engine.ts) without VS Code: a real SQLite store in a scratch folder, the real openai client,
 * and the test's endpoint. Only the clock, the ids and the settings are fakes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chatCall } from '../../src/app/call/call.ts';
import { assembleEngine, type EngineParts } from '../../src/app/call/engine.ts';
import type { Log } from '../../src/app/ports/environment.ts';
import type { CompletionEvent, CompletionOrder } from '../../src/app/call/routedCompletion.ts';
import type { Limits } from '../../src/app/call/moneyFacts.ts';
import { parseSettings } from '../../src/app/settings/index.ts';
import type { NanoUsd } from '../../src/core/brand.ts';
import { PILOT } from '../../src/core/learning/preset.ts';
import { createBillSource, createClientPool } from '../../src/providers/client/index.ts';
import { PRESETS } from '../../src/providers/presets.ts';
import { openStore } from '../../src/storage/host/openStore.ts';
import { runningFrom } from './clock.ts';
import { seeded } from './random.ts';
import { testSpace } from './space.ts';

export interface TestEngineOptions {
  readonly endpoints: unknown;
  readonly models: unknown;
  readonly monthlyUsd?: number | undefined;
  readonly folder?: string;
  readonly workspaceId?: string;
  readonly policy?: string;
  readonly key?: string;
  readonly now?: () => number;
  /** Milliseconds of a monotonic clock; absent = the machine's. */
  readonly elapsed?: () => number;
  readonly seed?: number;
  readonly onPassedOver?: EngineParts['onPassedOver'];
  /** The assumed quality of each model before any feedback, by its name; absent = all are alike. */
  readonly levels?: Readonly<Record<string, number>>;
}

export type TestEngine = Awaited<ReturnType<typeof testEngine>>;

export const scratchFolder = (): string => mkdtempSync(path.join(tmpdir(), 'pilot-'));

export async function testEngine(options: TestEngineOptions) {
  const folder = options.folder ?? scratchFolder();
  const clock = {
    now: options.now ?? runningFrom(),
    ...(options.elapsed && { elapsed: options.elapsed }),
  };
  const lines: string[] = [];
  const log: Log = {
    info: (message) => void lines.push(message),
    warn: (message) => void lines.push(message),
    error: (message, error) => void lines.push(`${message} ${String(error)}`),
  };
  const parsed = parseSettings(options, PRESETS);
  const arms = [...parsed.arms];
  const workerPath = new URL('../../src/storage/worker/worker.ts', import.meta.url);
  const workspaceId = options.workspaceId ?? 'test';
  const store = await openStore({ folder, workerPath, workspaceId, clock, pollMs: 0 });
  // Written when a test reads it, as the real store writes when it has time.
  let latest: (() => unknown) | undefined;
  const saved = {
    get state(): unknown {
      return latest && (JSON.parse(JSON.stringify(latest())) as unknown);
    },
  };
  const policyStore = {
    load: () => saved.state,
    save: (state: () => unknown) => void (latest = state),
    setAside: () => undefined,
  };
  const space = testSpace();
  const limits: { value: Limits } = {
    value: {
      monthly: options.monthlyUsd === undefined ? undefined : ((options.monthlyUsd * 1e9) as NanoUsd),
      workspace: undefined,
      inline: undefined,
    },
  };
  const random = seeded(options.seed ?? 1);
  let ids = 0;
  /** Waits that a test ends by hand. */
  const lateBills: { readonly armId: string; readonly cost: number }[] = [];
  const waits: { readonly ms: number; readonly run: () => void }[] = [];
  const endpoints = {
    endpoints: () => parsed.endpoints,
    key: () => Promise.resolve(options.key),
    log,
  };
  const engine = assembleEngine({
    clock,
    log,
    random,
    newId: () => `${workspaceId}-${++ids}-${random().toString(36).slice(2)}`,
    workspaceId,
    policyStore,
    ledger: store.ledger,
    decisionLog: store.log,
    client: createClientPool(endpoints),
    bills: createBillSource(endpoints),
    after: (ms, run) => {
      const wait = { ms, run };
      waits.push(wait);
      return { dispose: () => void waits.splice(waits.indexOf(wait), 1) };
    },
    space,
    spec: {
      spaceId: space.id,
      dimension: space.dimension,
      learnt: space.learnt,
      preset: PILOT,
      priorFor: (armId) => {
        const theta = space.models.base.slice();
        const level = options.levels?.[armId.slice(armId.indexOf('/') + 1)] ?? 0.6;
        theta[0] = level;
        return { theta, accuracy: level };
      },
    },
    policyName: () => options.policy ?? 'shadow-price',
    profile: () => 'balanced',
    limits: () => limits.value,
    arms: () => arms,
    hasKey: () => true,
    distrustPrice: (id) => {
      const index = arms.findIndex((arm) => arm.id === id);
      const arm = arms[index];
      if (arm) arms[index] = { ...arm, price: undefined };
    },
    onPassedOver: options.onPassedOver,
    onLateBill: (armId, cost) => void lateBills.push({ armId, cost }),
    onReset: (problem) => void lines.push(`reset: ${problem}`),
  });
  await engine.learning.load();
  return {
    ...engine,
    clock,
    store,
    waits,
    lateBills,
    limits,
    lines,
    folder,
    saved,
    arms: () => arms,
    close: async () => {
      engine.reconciliation.dispose();
      engine.keyUsage.dispose();
      await store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function askOrder(question: string, change: Partial<CompletionOrder> = {}): CompletionOrder {
  return {
    surface: 'ask',
    purpose: 'ask',
    view: {
      text: question,
      languageId: 'typescript',
      surface: 'ask',
      contextChars: 0,
      turn: 0,
      referenceCount: 0,
    },
    call: chatCall({ messages: [{ role: 'user', content: question }], outputCap: 200 }),
    conversationId: undefined,
    choice: { type: 'auto' },
    signal: new AbortController().signal,
    ...change,
  };
}

export async function collect(events: AsyncIterable<CompletionEvent>): Promise<CompletionEvent[]> {
  const all: CompletionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
