/**
 * Compares the ledger with an endpoint's own count: calls over HTTP from three windows at once, which are answered,
 * canceled, abandoned, cut off and repeated, with usage that is missing, too high, or below the received tokens, and
 * with costs of zero, unknown, or in another currency.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chatCall } from '../../src/app/call/call.ts';
import type { LedgerEntry } from '../../src/app/ports/money.ts';
import type { CompletionOrder } from '../../src/app/call/routedCompletion.ts';
import { askOrder, testEngine, type TestEngine } from '../../test/fakes/engine.ts';
import {
  startModelServer,
  type FakeModel,
  type Misbehaviour,
  type ModelServer,
} from '../../test/fakes/modelServer.ts';
import { seeded } from '../../test/fakes/random.ts';

export interface CountOptions {
  readonly calls: number;
  readonly limitUsd: number;
  readonly seed: number;
  /** The ledger's, where others have spent already; absent = one of its own. */
  readonly folder?: string;
}

export interface CountReport {
  readonly calls: number;
  /** Requests for an answer that reached the endpoint, including retries. */
  readonly sent: number;
  readonly limitUsd: number;
  /** The endpoint's own count of tokens x price. */
  readonly billedUsd: number;
  readonly settledUsd: number;
  readonly heldUsd: number;
  /** Calls for which the ledger counts less, held-back amounts included, than the endpoint billed. */
  readonly undercounted: number;
  /** Usage below the received tokens, which was raised and flagged. */
  readonly flagged: number;
  /** Holds that ended with the provider's record, and holds that the user released after the bill. */
  readonly reconciled: number;
  readonly released: number;
  /** Calls that the user stopped or left before their end. */
  readonly stopped: number;
  /** Paid requests of a further tenth of the calls, made once the limit was used up. */
  readonly sentAfterLimit: number;
}

const CALLERS_PER_WINDOW = 8;
/** The windows' clock advances this much for each call: some minutes in total, so that look-ups come due. */
const MS_PER_CALL = 50;
const START = new Date(2026, 10, 11, 12).getTime();

const words = 'all the tiny words that an answer may have in it ';
const price = { inputUsdPerMTok: 0.5, outputUsdPerMTok: 4, cachedInputUsdPerMTok: 0.05 };
const common = { price, contextTokens: 32_000, maxOutputTokens: 200 };
const answer: FakeModel['answer'] = (prompt) => words.repeat(1 + (JSON.stringify(prompt).length % 2));
const models: readonly FakeModel[] = [
  { ...common, answer, id: 'plain' },
  { ...common, answer, id: 'dear', price: { ...price, outputUsdPerMTok: 12 } },
  // Reasons invisibly, beyond the cap that is sent.
  { ...common, answer, id: 'thinks', reasoning: { text: 'hm '.repeat(20), shown: false, insideCap: false } },
];

/** Each misbehavior is as likely as its number of entries here. The endpoint bills no more than the allowed tokens. */
const misbehaviours: readonly (Misbehaviour | undefined)[] = [
  ...new Array<undefined>(14).fill(undefined),
  ...new Array<Misbehaviour>(2).fill({ kind: 'no-usage' }),
  ...new Array<Misbehaviour>(2).fill({ kind: 'usage', reported: 'too-high' }),
  ...new Array<Misbehaviour>(3).fill({ kind: 'usage', reported: 'too-low' }),
  { kind: 'usage', reported: 'negative' },
  { kind: 'usage', reported: 'not-a-number' },
  { kind: 'usage', reported: 'above-cap' },
  { kind: 'serves-on-after-close' },
  { kind: 'rate-limited' },
  { kind: 'server-error', status: 503 },
  { kind: 'cut-off', afterTokens: 2 },
  { kind: 'error-in-stream', afterTokens: 2 },
  { kind: 'reset-mid-stream', afterTokens: 2 },
  { kind: 'reset-before-headers' },
  { kind: 'empty-stream' },
];

/** A gateway's false costs; its token counts are true. */
const costLies: readonly Misbehaviour[] = [
  { kind: 'cost', reported: 'zero' },
  { kind: 'cost', reported: 'own-key-unknown' },
  { kind: 'cost', reported: 'foreign' },
];
const endpointIds = ['custom', 'router', 'gateway'] as const;
const GATEWAY_HEADER = 'x-gateway';

export async function holdToEndpointsCount(options: CountOptions): Promise<CountReport> {
  const random = seeded(options.seed);
  // In memory where there is some: durability is not what is tested, and its syncs would be most of the time.
  const folder =
    options.folder ?? mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pilot-limit-'));
  const server = await startModelServer({
    models,
    reportsCost: true,
    misbehave: ({ method, model, headers }) => {
      if (headers[GATEWAY_HEADER] !== undefined) return pick(costLies, random);
      const chosen = method === 'POST' ? pick(misbehaviours, random) : undefined;
      // No client can detect usage that hides invisible tokens.
      const hides = model === 'thinks' && chosen?.kind === 'usage' && chosen.reported === 'too-low';
      return hides ? undefined : chosen;
    },
  });
  const run = new Run(options, server, folder, random);
  try {
    await run.open();
    return await run.finish();
  } finally {
    await run.close();
    await server.close();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const pick = <T>(from: readonly T[], random: () => number): T =>
  from[Math.floor(random() * from.length)] as T;

class Run {
  readonly #options: CountOptions;
  readonly #server: ModelServer;
  readonly #folder: string;
  readonly #random: () => number;
  #windows: readonly TestEngine[] = [];
  #now = START;
  #released = 0;
  #stopped = 0;

  constructor(options: CountOptions, server: ModelServer, folder: string, random: () => number) {
    this.#options = options;
    this.#server = server;
    this.#folder = folder;
    this.#random = random;
  }

  async open(): Promise<void> {
    this.#windows = await Promise.all(['w0', 'w1', 'w2'].map((id, n) => this.#window(id, n + 1)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#windows.map((window) => window.close()));
  }

  async finish(): Promise<CountReport> {
    const { calls, limitUsd } = this.#options;
    await this.#make(calls, true);
    const sent = this.#sent();
    await this.#useUp();
    const before = this.#sent();
    await this.#make(Math.ceil(calls / 10), false);
    const sentAfterLimit = this.#sent() - before;
    const entries = (await this.#entries()).filter(({ armId }) =>
      endpointIds.some((id) => armId.startsWith(`${id}/`)),
    );
    const { settled, heldBack } = this.#ledger.summary();
    return {
      calls,
      sent,
      limitUsd,
      billedUsd: this.#server.billedNanoUsd / 1e9,
      settledUsd: settled / 1e9,
      heldUsd: heldBack / 1e9,
      undercounted: this.#undercounted(entries),
      flagged: entries.filter(({ note }) => note === 'below-visible').length,
      reconciled: this.#server.requests.filter(({ method }) => method === 'GET').length,
      released: this.#released,
      stopped: this.#stopped,
      sentAfterLimit,
    };
  }

  get #ledger(): TestEngine['store']['ledger'] {
    const [window] = this.#windows;
    if (!window) throw new Error('No window is open.');
    return window.store.ledger;
  }

  #window(workspaceId: string, seed: number): Promise<TestEngine> {
    const { url: baseUrl } = this.#server;
    return testEngine({
      endpoints: [
        { id: 'custom', preset: 'custom', baseUrl, outputCapCoversReasoning: true },
        { id: 'router', preset: 'openrouter', baseUrl },
        { id: 'gateway', preset: 'openrouter', baseUrl, headers: { [GATEWAY_HEADER]: 'costs' } },
      ],
      models: endpointIds.flatMap((endpoint) =>
        models.map(({ id: model, price: itsPrice }) => ({
          ...common,
          endpoint,
          model,
          price: itsPrice,
          outputCapCoversReasoning: model !== 'thinks',
        })),
      ),
      monthlyUsd: this.#options.limitUsd,
      key: 'key',
      folder: this.#folder,
      workspaceId,
      seed,
      now: () => this.#now,
    });
  }

  /**
   * All windows at once with several callers each, until `calls` calls are made and settled. `frees`: whether holds end
   * meanwhile, which releases money.
   */
  async #make(calls: number, frees: boolean): Promise<void> {
    let left = calls;
    const caller = async (window: TestEngine): Promise<void> => {
      while (left-- > 0) {
        this.#now += MS_PER_CALL;
        await this.#call(window);
        if (frees && this.#random() < 0.01) await window.reconciliation.pass();
        if (frees && this.#random() < 0.01) await this.#release(window);
      }
    };
    await Promise.all(
      this.#windows.flatMap((window) => Array.from({ length: CALLERS_PER_WINDOW }, () => caller(window))),
    );
    await Promise.all(this.#windows.map(({ completion }) => completion.settled()));
    await this.#server.idle();
  }

  async #call(window: TestEngine): Promise<void> {
    const random = this.#random;
    const fate = random();
    const abort = new AbortController();
    const content = 'x'.repeat(Math.floor(1_500 * random() ** 2));
    const order: Partial<CompletionOrder> = {
      signal: abort.signal,
      whenLeft: random() < 0.5 ? 'finish' : 'cancel',
      call: chatCall({ messages: [{ role: 'user', content }], outputCap: 1 + Math.floor(12 * random()) }),
      // Where PILOT chooses the model, a refused call is repeated with another model.
      choice: random() < 0.5 ? { type: 'arm', armId: pick(window.arms(), random).id } : { type: 'auto' },
      ...(random() < 0.3 && { surface: 'inline', purpose: 'inline' }),
    };
    // Failures are expected here, so that no model may be excluded for them.
    window.health.reset();
    for await (const event of window.completion.run(askOrder(content, order))) {
      if (event.type !== 'text' || abort.signal.aborted || fate >= 0.2) continue;
      this.#stopped++;
      if (fate >= 0.1) break;
      abort.abort();
    }
  }

  /** Releases one hold whose bill, in the endpoint's count, is covered by the settled amount. */
  async #release({ store }: TestEngine): Promise<void> {
    const hold = (await store.usage.holds()).find((entry) => {
      const billed = this.#billOf(entry);
      return billed !== undefined && billed <= entry.cost;
    });
    if (!hold) return;
    const freed = await store.ledger.releaseHold(hold.id, 'the bill says so');
    if (freed.ok && freed.value > 0) this.#released++;
  }

  /** Uses up the rest of the limit by one call with that worst case. */
  async #useUp(): Promise<void> {
    // A question to the store brings the last changes of other windows into the summary.
    await this.#windows[0]?.store.usage.periods();
    const { settled, heldBack, reserved } = this.#ledger.summary();
    const limit = Math.round(this.#options.limitUsd * 1e9);
    const rest = Math.max(0, limit - settled - heldBack - reserved) as LedgerEntry['cost'];
    const reservedRest = await this.#ledger.reserve({
      armId: 'custom/plain' as LedgerEntry['armId'],
      decisionId: undefined,
      purpose: 'test',
      workspaceId: 'w0',
      language: '',
      worstCase: rest,
      expected: rest,
      limit: limit as LedgerEntry['cost'],
      workspaceLimit: undefined,
      inlineLimit: undefined,
    });
    if (!reservedRest.ok) throw new Error(`The rest was refused: ${reservedRest.error.kind}`);
  }

  async #entries(): Promise<readonly LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    const usage = this.#windows[0]?.store.usage;
    for (;;) {
      const page = (await usage?.entries(entries.at(-1)?.seq ?? 0, 5_000)) ?? [];
      entries.push(...page);
      if (page.length === 0) return entries;
    }
  }

  #undercounted(entries: readonly LedgerEntry[]): number {
    return entries.filter((entry) => (this.#billOf(entry) ?? 0) > entry.cost + entry.heldBack).length;
  }

  /** Undefined where the endpoint never reported the call's id. */
  #billOf({ generationId }: LedgerEntry): number | undefined {
    const position = Number(generationId?.replace('fake-', ''));
    const request = this.#server.requests[position - 1];
    return request?.id === generationId ? request?.billedNanoUsd : undefined;
  }

  #sent(): number {
    return this.#server.requests.filter(({ method }) => method === 'POST').length;
  }
}
