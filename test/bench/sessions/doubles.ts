/** Doubles around the engine of this benchmark: the ledger and the log in memory, and providers with caches. */
import type { DecisionLog, LogEntry } from '../../../src/app/ports/decisions.ts';
import type { ModelStream, StreamEvent } from '../../../src/app/ports/models.ts';
import type { Ledger, Reservation, SpendSummary } from '../../../src/app/ports/money.ts';
import type { ArmId, NanoUsd, ReservationId } from '../../../src/core/brand.ts';
import type { Surface } from '../../../src/core/decision.ts';
import { HOURS_PER_WEEK } from '../../../src/core/money/period.ts';
import type { TokenCounts } from '../../../src/core/money/pricing.ts';
import { fail, ok } from '../../../src/core/result.ts';
import { PROVIDERS } from './providers.ts';

type BenchLedger = Pick<Ledger, 'reserve' | 'settle' | 'void' | 'summary' | 'onDidChange'>;

/** The requests of a user of this habit in the eight weeks before, evenly over the hours. */
export interface Habit {
  readonly perDay: Readonly<Record<Surface, number>>;
}

/** Refuses what the limit does not cover, like the real ledger; one month, one workspace. */
export function ledgerOf(
  limit: NanoUsd,
  period: { start: number; end: number },
  { perDay }: Habit,
): BenchLedger {
  const open = new Map<ReservationId, Reservation>();
  let [settled, reserved, ids] = [0, 0, 0];
  const requests = { ask: 0, inline: 0, chat: 0 };
  const weeks = 8;
  const hours = (surface: Surface): number[] =>
    new Array<number>(HOURS_PER_WEEK).fill((weeks * perDay[surface]) / 24);
  const bySurface = { ask: hours('ask'), inline: hours('inline'), chat: hours('chat') };
  const hourOfWeek = bySurface.ask.map((count, i) => count + bySurface.inline[i]! + bySurface.chat[i]!);
  const all = perDay.ask + perDay.inline + perDay.chat;
  const recentDays = new Array<number>(14).fill(all);
  return {
    reserve: ({ worstCase, surface }) => {
      if (settled + reserved + worstCase > limit)
        return Promise.resolve(
          fail({ kind: 'over-limit', left: 0 as NanoUsd, resetsAt: period.end, which: 'month' }),
        );
      const reservation = { id: `r${++ids}` as ReservationId, period: 'm', worstCase };
      open.set(reservation.id, reservation);
      reserved += worstCase;
      if (surface) requests[surface]++;
      return Promise.resolve(ok(reservation));
    },
    settle: (id, { cost }) => {
      reserved -= open.get(id)!.worstCase;
      open.delete(id);
      settled += cost;
      if (settled > limit) throw new Error('A bill was above its reservation.');
      return Promise.resolve(ok({ overrun: 0 as NanoUsd }));
    },
    void: (id) => {
      reserved -= open.get(id)!.worstCase;
      open.delete(id);
      return Promise.resolve(ok(undefined));
    },
    summary: (): SpendSummary => ({
      period: 'm',
      periodStart: period.start,
      periodEnd: period.end,
      settled: settled as NanoUsd,
      reserved: reserved as NanoUsd,
      heldBack: 0 as NanoUsd,
      raisedBy: 0 as NanoUsd,
      inlineCommitted: 0 as NanoUsd,
      workspaceCommitted: (settled + reserved) as NanoUsd,
      requests,
      hourOfWeek,
      historyDays: 7 * weeks,
      hourOfWeekBySurface: bySurface,
      recentDays,
      state: 'ready',
      problem: undefined,
      candidates: [],
    }),
    onDidChange: () => ({ dispose: () => undefined }),
  };
}

/** @param before decisions and outcomes before the month */
export function logInMemory(before: readonly LogEntry[]): DecisionLog {
  const entries: LogEntry[] = [...before];
  return {
    append: (decision) => {
      entries.push({ seq: entries.length + 1, type: 'decision', decision });
      return Promise.resolve();
    },
    record: (outcome) => {
      entries.push({ seq: entries.length + 1, type: 'outcome', outcome });
      return Promise.resolve();
    },
    decision: (id) =>
      Promise.resolve(
        entries.flatMap((entry) =>
          entry.type === 'decision' && entry.decision.id === id ? [entry.decision] : [],
        )[0],
      ),
    asOf: () => Promise.resolve(undefined),
    read: (after, limit) => Promise.resolve(entries.slice(after, after + limit)),
    loadSnapshot: () => Promise.resolve(undefined),
    saveSnapshot: () => Promise.resolve(),
    quarantineSnapshot: () => Promise.resolve(),
  };
}

/** One call from the provider's side. */
export interface Served {
  readonly session: number;
  readonly at: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Uniform in [0, 1): determines whether the answering machine has the prefix. The same for every policy. */
  readonly luck: number;
}

/** Each provider's cache for each session, and its bills. */
export class Caches {
  readonly #held = new Map<string, { readonly tokens: number; readonly at: number }>();
  readonly #exist: boolean;

  constructor(exist: boolean) {
    this.#exist = exist;
  }

  usage(arm: { readonly id: ArmId; readonly model: string }, call: Served): TokenCounts {
    const { session, at, inputTokens, outputTokens, luck } = call;
    const provider = PROVIDERS.find(({ model }) => model === arm.model)!;
    const { lifeMs, hitShare, leastTokens, granule, price } = provider;
    const key = `${session} ${arm.id}`;
    const held = this.#held.get(key);
    this.#held.set(key, { tokens: inputTokens, at });
    const isFound =
      this.#exist &&
      held !== undefined &&
      at - held.at <= lifeMs &&
      luck < hitShare &&
      held.tokens >= leastTokens;
    const cachedInput = isFound ? Math.floor(Math.min(held.tokens, inputTokens) / granule) * granule : 0;
    const rest = inputTokens - cachedInput;
    const writes = this.#exist && price.cacheWriteUsdPerMTok !== undefined && inputTokens >= leastTokens;
    return {
      input: writes ? 0 : rest,
      cachedInput,
      cacheWrite: writes ? rest : 0,
      output: outputTokens,
      reasoning: 0,
    };
  }
}

/** Answers with the usage alone: the quality comes from the outcomes file. */
export function answerWith(tokens: TokenCounts): ModelStream {
  const events: readonly StreamEvent[] = [
    { type: 'text', text: '.' },
    { type: 'done', usage: { tokens, reportedUsd: undefined }, finish: 'stop', generationId: undefined },
  ];
  return { events: streamOf(events), failure: Promise.resolve(undefined) };
}

async function* streamOf(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent> {
  for (const event of events) yield await Promise.resolve(event);
}

export const noClient = {
  chat: (): ModelStream => answerWith(NOTHING),
  complete: (): ModelStream => answerWith(NOTHING),
};
const NOTHING: TokenCounts = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
