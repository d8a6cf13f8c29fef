/**
 * Stopped answers, held against the endpoints' own count: endpoints that stop at once, go on for a grace, or never stop,
 * and more than half of all calls stopped by the user at a random moment. Time runs ten times as fast for all sides alike,
 * and the models are slow, so that thousands of answers of six and twelve seconds fit into minutes.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chatCall } from '../../src/app/call/call.ts';
import type { LedgerEntry } from '../../src/app/ports/money.ts';
import { askOrder, testEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { startModelServer, type FakeModel, type ModelServer } from '../../test/fakes/modelServer.ts';
import { seeded } from '../../test/fakes/random.ts';

export interface StoppedOptions {
  readonly calls: number;
  readonly seed: number;
  /** The ledger's; absent = one of its own, without a limit to speak of. */
  readonly ledger?: { readonly folder: string; readonly limitUsd: number };
}

/** USD: the endpoint's own count, and the ledger's count including held-back amounts. */
export interface Counted {
  /** Requests that reached the endpoint. */
  readonly sent: number;
  readonly billedUsd: number;
  readonly countedUsd: number;
  /** Calls for which the ledger counts less than the endpoint billed. */
  readonly undercounted: number;
}

export interface StoppedReport {
  /** Calls that were stopped before their end. */
  readonly stopped: number;
  /** Where closing the connection ends the work: at once, or after a grace. */
  readonly ending: Counted;
  /** Closing does not end the work, and PILOT knows it. */
  readonly never: Counted;
}

/** One real second is this many seconds for the models and for PILOT. */
const FASTER = 10;
const GRACE_MS = 3_000;
const CALLERS = 64;
/** Of the calls, those that the user means to stop; a few end before. */
const STOPPED = 0.59;
const TOKENS = 48;
/** What is counted of a call at these prices and at all endpoints together, on average, USD; measured. */
const COUNTED_USD = 0.018;
const START = new Date(2026, 10, 11, 6).getTime();

const size = { contextTokens: 128_000, maxOutputTokens: 8_000 };
type Price = Required<Pick<FakeModel, 'price'>>['price'];

/** With a limit, so low that a third of it is counted when all calls were made. */
function priceFor({ calls, ledger }: StoppedOptions): Price {
  const factor = ledger === undefined ? 1 : ledger.limitUsd / (3 * COUNTED_USD * calls);
  return { inputUsdPerMTok: 3 * factor, outputUsdPerMTok: 15 * factor };
}
const endpoints = ['at-once', 'grace', 'never'] as const;

export async function holdStoppedToCount(options: StoppedOptions): Promise<StoppedReport> {
  const { calls, seed, ledger } = options;
  const random = seeded(seed);
  const price = priceFor(options);
  const folder =
    ledger?.folder ??
    mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pilot-stopped-'));
  const server = await startModelServer({
    models: models(price),
    misbehave: ({ headers }) => {
      if (headers['x-stops'] === 'at-once') return undefined;
      const forMs = headers['x-stops'] === 'grace' ? { forMs: (random() * GRACE_MS) / FASTER } : {};
      return { kind: 'serves-on-after-close', ...forMs };
    },
  });
  const engine = await open(server, { price, folder, limitUsd: ledger?.limitUsd ?? 100_000 });
  try {
    const stopped = await makeCalls(engine, calls, random);
    await engine.completion.settled();
    await server.idle();
    const entries = await entriesOf(engine);
    const of = (test: (endpoint: string) => boolean): Counted =>
      counted(
        entries.filter(({ armId }) => test(armId.slice(0, armId.indexOf('/')))),
        server,
      );
    return {
      stopped,
      ending: of((endpoint) => endpoint === 'at-once' || endpoint === 'grace'),
      never: of((endpoint) => endpoint === 'never'),
    };
  } finally {
    await engine.close();
    await server.close();
    if (!ledger) rmSync(folder, { recursive: true, force: true });
  }
}

/** Eight and four tokens a second. */
function models(price: Price): readonly FakeModel[] {
  const answer: FakeModel['answer'] = () => 'one more tiny word '.repeat(TOKENS / 4);
  const paced = (id: string, tokenMs: number, firstTokenMs: number): FakeModel => ({
    ...{ ...size, price, id, answer },
    pace: { firstTokenMs: firstTokenMs / FASTER, tokenMs: tokenMs / FASTER },
  });
  return [paced('quick', 125, 300), paced('slow', 250, 1_000)];
}

interface Ledger {
  readonly price: Price;
  readonly folder: string;
  readonly limitUsd: number;
}

function open(server: ModelServer, { price, folder, limitUsd }: Ledger): Promise<TestEngine> {
  const began = performance.now();
  const elapsed = (): number => FASTER * (performance.now() - began);
  const endpoint = { preset: 'custom', baseUrl: server.url, outputCapCoversReasoning: true };
  return testEngine({
    endpoints: endpoints.map((id) => ({
      ...{ ...endpoint, id, headers: { 'x-stops': id } },
      ...(id !== 'never' && { stopsWhenClosed: true }),
    })),
    models: endpoints.flatMap((id) =>
      models(price).map(({ id: model }) => ({
        ...size,
        price,
        endpoint: id,
        model,
        capabilities: { reasoning: false },
      })),
    ),
    monthlyUsd: limitUsd,
    folder,
    elapsed,
    now: () => START + elapsed(),
  });
}

async function makeCalls(engine: TestEngine, calls: number, random: () => number): Promise<number> {
  let [left, stopped] = [calls, 0];
  const caller = async (): Promise<void> => {
    while (left-- > 0) if (await oneCall(engine, random)) stopped++;
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return stopped;
}

/** Asks a question about a file, as most are. True when it was stopped before its end. */
async function oneCall(engine: TestEngine, random: () => number): Promise<boolean> {
  const abort = new AbortController();
  const content = 'let it be one of the many fine lines ; '.repeat(20 + Math.floor(400 * random()));
  const arms = engine.arms();
  const arm = arms[Math.floor(random() * arms.length)];
  if (!arm) throw new Error('There are no models.');
  const stopAt = random() < STOPPED ? Math.floor(TOKENS * random()) : Infinity;
  const call = chatCall({ messages: [{ role: 'user', content }], purpose: 'answer' });
  engine.health.reset();
  let seen = 0;
  let ended = false;
  const order = askOrder(content, { call, choice: { type: 'arm', armId: arm.id }, signal: abort.signal });
  for await (const event of engine.completion.run(order)) {
    if (event.type === 'routed' && stopAt === 0) abort.abort();
    if (event.type === 'text' && ++seen === stopAt) abort.abort();
    if (event.type === 'ended') ended = true;
  }
  return !ended;
}

async function entriesOf({ store }: TestEngine): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (;;) {
    const page = await store.usage.entries(entries.at(-1)?.seq ?? 0, 5_000);
    entries.push(...page);
    if (page.length === 0) return entries;
  }
}

function counted(entries: readonly LedgerEntry[], server: ModelServer): Counted {
  const bills = entries.map(({ generationId, cost, heldBack }) => {
    const request = server.requests[Number(generationId?.replace('fake-', '')) - 1];
    return { billed: request?.billedNanoUsd ?? 0, counted: cost + heldBack };
  });
  const sum = (of: (bill: (typeof bills)[number]) => number): number =>
    bills.reduce((all, bill) => all + of(bill), 0) / 1e9;
  return {
    sent: entries.filter(({ state }) => state !== 'void').length,
    billedUsd: sum(({ billed }) => billed),
    countedUsd: sum((bill) => bill.counted),
    undercounted: bills.filter((bill) => bill.billed > bill.counted).length,
  };
}
