/**
 * The limit with each of the three protocols, compared with the endpoints' own count: prompts that are written to the
 * cache (for five minutes and for an hour) and read from it, efforts and reasoning budgets, reasoning that no cap
 * covers, follow-ups that send thoughts back, and answers that are stopped, cut off, or reported wrongly.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chatCall } from '../../src/app/call/call.ts';
import type { ChatMessage, ToolCall } from '../../src/app/ports/models.ts';
import type { LedgerEntry } from '../../src/app/ports/money.ts';
import { PROTOCOLS, type Protocol } from '../../src/app/settings/endpoint.ts';
import type { Arm } from '../../src/core/arm.ts';
import { askOrder, testEngine, type TestEngine } from '../../test/fakes/engine.ts';
import {
  startModelServer,
  type FakeModel,
  type LoggedRequest,
  type Misbehaviour,
  type ModelServer,
} from '../../test/fakes/modelServer.ts';
import { seeded } from '../../test/fakes/random.ts';

export interface ProtocolsOptions {
  /** Number of questions; their follow-ups are added. */
  readonly calls: number;
  readonly seed: number;
  /** USD; a small limit is used up during the run. */
  readonly limitUsd: number;
}

export interface ProtocolReport {
  readonly sent: number;
  /** Requests refused with 400; there should be none, since PILOT knows what each protocol accepts. */
  readonly badRequests: number;
  readonly billedUsd: number;
  readonly countedUsd: number;
  /** Calls for which the ledger counts less, held-back amounts included, than the endpoint billed. */
  readonly undercounted: number;
  readonly cacheWriteTokens: number;
  readonly cachedTokens: number;
  /** Requests with a reasoning budget, and requests that sent thoughts of an earlier turn back. */
  readonly budgets: number;
  readonly carriedBack: number;
}

export type ProtocolsReport = Readonly<Record<Protocol, ProtocolReport>> & {
  readonly limitUsd: number;
  readonly billedUsd: number;
};

const START = new Date(2026, 10, 11, 12).getTime();
const MS_PER_CALL = 50;
const CALLERS = 12;
const protocols = PROTOCOLS.filter((protocol) => protocol !== 'auto');

const price = {
  inputUsdPerMTok: 3,
  outputUsdPerMTok: 15,
  cachedInputUsdPerMTok: 0.3,
  cacheWriteUsdPerMTok: 3.75,
  hourCacheWriteUsdPerMTok: 6,
};
const size = { price, contextTokens: 60_000, maxOutputTokens: 6_000 };
const tool = { name: 'read', description: 'Reads a file', inputSchema: { type: 'object', properties: {} } };
const thoughts = 'All the small things that may be so. '.repeat(4);
const answer: FakeModel['answer'] = (prompt) => 'so it is all here now '.repeat(2 + (JSON.stringify(prompt).length % 7)); // prettier-ignore
const toolCall: FakeModel['toolCall'] = ({ messages }) =>
  messages.at(-1)?.text.includes('look first') === true ? { name: 'read', input: {} } : undefined;
/** `inside`: the cap bounds its thoughts. `beside`: it does not, and they are billed. */
const models: readonly FakeModel[] = [
  { ...size, answer, toolCall, id: 'claude-sonnet-4-5', reasoning: { text: thoughts, shown: true, insideCap: true } }, // prettier-ignore
  { ...size, answer, toolCall, id: 'inside', reasoning: { text: thoughts, shown: false, insideCap: true } },
  { ...size, answer, toolCall, id: 'beside', reasoning: { text: thoughts, shown: false, insideCap: false } },
];
const EFFORTS: Readonly<Record<Protocol, readonly (string | number | undefined)[]>> = {
  chat: [undefined, 'low', 'high'],
  responses: [undefined, 'low', 'high'],
  messages: [undefined, 'high', 1_500, 3_000],
};

const misbehaviours: readonly (Misbehaviour | undefined)[] = [
  ...new Array<undefined>(14).fill(undefined),
  { kind: 'no-usage' },
  { kind: 'usage', reported: 'too-high' },
  { kind: 'usage', reported: 'negative' },
  { kind: 'usage', reported: 'above-cap' },
  { kind: 'serves-on-after-close' },
  { kind: 'server-error', status: 503 },
  { kind: 'cut-off', afterTokens: 2 },
  { kind: 'error-in-stream', afterTokens: 2 },
  { kind: 'reset-mid-stream', afterTokens: 2 },
];

export async function holdProtocolsToCount(options: ProtocolsOptions): Promise<ProtocolsReport> {
  const random = seeded(options.seed);
  const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pilot-protocols-'));
  const server = await startModelServer({
    models,
    misbehave: ({ method }) => (method === 'POST' ? pick(misbehaviours, random) : undefined),
  });
  let now = START;
  const engine = await open(server, folder, options.limitUsd, () => now);
  try {
    let left = options.calls;
    const caller = async (): Promise<void> => {
      while (left-- > 0) await oneConversation(engine, random, () => (now += MS_PER_CALL));
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    await engine.completion.settled();
    await server.idle();
    const entries = await entriesOf(engine);
    const reports = protocols.map((protocol) => [protocol, reportOf(protocol, entries, server)] as const);
    return {
      ...(Object.fromEntries(reports) as Readonly<Record<Protocol, ProtocolReport>>),
      limitUsd: options.limitUsd,
      billedUsd: server.billedNanoUsd / 1e9,
    };
  } finally {
    await engine.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const pick = <T>(from: readonly T[], random: () => number): T =>
  from[Math.floor(random() * from.length)] as T;

function open(
  server: ModelServer,
  folder: string,
  monthlyUsd: number,
  now: () => number,
): Promise<TestEngine> {
  return testEngine({
    endpoints: protocols.map((protocol) => ({
      id: protocol,
      preset: protocol === 'responses' ? 'openai' : protocol === 'messages' ? 'anthropic' : 'custom',
      baseUrl: server.url,
      protocol,
      needsKey: false,
    })),
    models: protocols.flatMap((protocol) =>
      models.flatMap(({ id: model }) =>
        EFFORTS[protocol].map((effort, at) => ({
          ...size,
          endpoint: protocol,
          model,
          ...(effort !== undefined && { effort }),
          ...(protocol === 'messages' && at % 2 === 1 && { cacheLife: 'hour' }),
          outputCapField: 'max_tokens',
          outputCapCoversReasoning: model !== 'beside',
          capabilities: { tools: true, reasoning: true },
        })),
      ),
    ),
    monthlyUsd,
    key: 'key',
    folder,
    now,
  });
}

/** Asks a question with a long context, and the follow-up to its tool call if there is one. */
async function oneConversation(engine: TestEngine, random: () => number, tick: () => void): Promise<void> {
  const arm = pick(engine.arms(), random);
  // Long enough for each model's cache, and the same for some conversations.
  const context = `Context ${Math.floor(4 * random())}. ${'It is all of it to be read by you. '.repeat(200)}`;
  const looks = random() < 0.3 ? ', but look first' : '';
  const messages: ChatMessage[] = [
    { role: 'system', content: context },
    { role: 'user', content: `What is it ${Math.floor(1e6 * random())}${looks}?` },
  ];
  tick();
  const call = await ask(engine, arm, messages, random);
  if (!call) return;
  tick();
  const answered: ChatMessage[] = [
    ...messages,
    { role: 'assistant', content: '', toolCalls: [call] },
    { role: 'tool', toolCallId: call.id, content: 'It is here.' },
  ];
  await ask(engine, arm, answered, random);
}

/** The tool call in the answer. */
async function ask(
  engine: TestEngine,
  arm: Arm,
  messages: readonly ChatMessage[],
  random: () => number,
): Promise<ToolCall | undefined> {
  const abort = new AbortController();
  const fate = random();
  const order = askOrder('What is it?', {
    call: chatCall({
      messages,
      purpose: 'answer',
      tools: [tool],
      ...(random() < 0.3 && { outputCap: 2_000 }),
    }),
    choice: { type: 'arm', armId: arm.id },
    whenLeft: random() < 0.5 ? 'finish' : 'cancel',
    signal: abort.signal,
  });
  // Failures are expected here, so that no model may be excluded for them.
  engine.health.reset();
  let made: ToolCall | undefined;
  for await (const event of engine.completion.run(order)) {
    if (event.type === 'tool-call') made = event.call;
    if (event.type !== 'text') continue;
    if (fate < 0.1) abort.abort();
    else if (fate < 0.2) break;
  }
  return made;
}

async function entriesOf({ store }: TestEngine): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (;;) {
    const page = await store.usage.entries(entries.at(-1)?.seq ?? 0, 5_000);
    entries.push(...page);
    if (page.length === 0) return entries;
  }
}

const pathOf: Readonly<Record<Protocol, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};

function reportOf(protocol: Protocol, all: readonly LedgerEntry[], server: ModelServer): ProtocolReport {
  const requests = server.requests.filter(({ path: at }) => at.startsWith(pathOf[protocol]));
  const entries = all.filter(({ armId }) => armId.startsWith(`${protocol}/`));
  const sum = (of: (request: LoggedRequest) => number): number =>
    requests.reduce((total, request) => total + of(request), 0);
  const count = (pattern: RegExp): number => requests.filter(({ rawBody }) => pattern.test(rawBody)).length;
  const billOf = ({ generationId }: LedgerEntry): number => {
    const position = /fake-(\d+)$/.exec(generationId ?? '')?.[1];
    return position === undefined ? 0 : (server.requests[Number(position) - 1]?.billedNanoUsd ?? 0);
  };
  return {
    sent: requests.length,
    badRequests: requests.filter(isRefused).length,
    billedUsd: sum(({ billedNanoUsd }) => billedNanoUsd) / 1e9,
    countedUsd: entries.reduce((total, { cost, heldBack }) => total + cost + heldBack, 0) / 1e9,
    undercounted: entries.filter((entry) => billOf(entry) > entry.cost + entry.heldBack).length,
    cacheWriteTokens: sum(({ cacheWriteTokens }) => cacheWriteTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    budgets: count(/"budget_tokens":/),
    carriedBack: count(/"signature":|"type":"reasoning"/),
  };
}

/** Nothing was served although no misbehavior was requested. */
const isRefused = ({ misbehaviour, inputTokens }: LoggedRequest): boolean =>
  misbehaviour === undefined && inputTokens === 0;
