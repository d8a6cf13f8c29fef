/**
 * What is known of an arm's pace: how fast it generates tokens, and how many tokens its bills have for a text. Both
 * bound the cost of a stopped answer (`unseen.ts`), so each takes the high side: the fastest of the arm's latest
 * answers, and the highest bill for its text.
 *
 * A speed is measured over windows of half a second and more (`PaceMeter`), so tokens that were buffered and arrived in
 * one burst do not count as a speed. The rest of a burst's effect is bounded by the fastest speed published for any
 * model, and is forgotten after `MEMORY` answers. An arm without a known speed counts as that fast: of an answer
 * stopped before its arm has a speed, all that its cap allows stays held (`firstAnswers.ts` keeps that small).
 */
import type { ArmId } from '../brand.ts';

/**
 * Tokens a second: Taalas HC1, published in February 2026 (Cerebras has published 3,000). No model on sale is faster.
 */
export const FASTEST_PUBLISHED = 17_000;
const WINDOW_MS = 500;
/** Number of remembered answers for each arm. */
const MEMORY = 20;
const MAX_ARMS = 40;
/** After this many bills without hidden reasoning an arm counts as one that does not reason. */
const ENOUGH_BILLS = 3;
/** A bill for more tokens than this has other causes than the tokenizer, such as hidden reasoning. */
const MOST_RATIO = 2;

/** Observations from one answer; an absent member was not observed. */
export interface PaceSeen {
  /** Tokens a second. */
  readonly speed?: number | undefined;
  /** Billed tokens over `mostTokens`, of what was sent or received. */
  readonly ratio?: number | undefined;
  /** Whether the bill included reasoning that was not shown. */
  readonly thought?: boolean | undefined;
}

export interface ArmPace {
  /** The highest speed of the latest answers in tokens a second; undefined = unknown. */
  readonly speed: number | undefined;
  /** The factor for `mostTokens`; at least 1. */
  readonly ratio: number;
  /** Whether the model may reason invisibly: it did, or too few bills show that it does not. */
  readonly thinks: boolean;
}

/** By arm, the latest observation last; the most recently used arm comes last. */
export type Paces = ReadonlyMap<ArmId, readonly PaceSeen[]>;

export const noPaces: Paces = new Map();

export function paceOf(paces: Paces, armId: ArmId): ArmPace {
  const seen = paces.get(armId) ?? [];
  const speeds = seen.flatMap(({ speed }) => speed ?? []);
  const bills = seen.flatMap(({ thought }) => thought ?? []);
  return {
    speed: speeds.length === 0 ? undefined : Math.max(...speeds),
    ratio: Math.max(1, ...seen.flatMap(({ ratio }) => ratio ?? [])),
    thinks: bills.length < ENOUGH_BILLS || bills.includes(true),
  };
}

export function notePace(paces: Paces, armId: ArmId, { speed, ratio, thought }: PaceSeen): Paces {
  const seen: PaceSeen = {
    ...(isPositive(speed) && { speed: Math.min(FASTEST_PUBLISHED, speed) }),
    ...(isPositive(ratio) && ratio > 1 && { ratio: Math.min(MOST_RATIO, ratio) }),
    ...(thought !== undefined && { thought }),
  };
  const next = new Map(paces);
  const before = next.get(armId) ?? [];
  next.delete(armId);
  next.set(armId, [...before, seen].slice(-MEMORY));
  for (const oldest of next.keys()) {
    if (next.size <= MAX_ARMS) break;
    next.delete(oldest);
  }
  return next;
}

/**
 * The observations from a complete answer's bill.
 * @param most `mostTokens` of what was sent and of what was received
 */
export function paceOfBill(
  billed: { readonly input: number; readonly output: number },
  most: { readonly input: number; readonly output: number },
  { fastest, wholeMs }: { readonly fastest: number | undefined; readonly wholeMs: number },
): PaceSeen {
  const thought = billed.output > HIDDEN_FROM * most.output + HIDDEN_LEAST;
  const ratioOf = (side: 'input' | 'output', least: number): number =>
    most[side] < least ? 1 : billed[side] / most[side];
  const average = wholeMs > 0 ? (1000 * billed.output) / wholeMs : 0;
  return {
    // The average includes the speed of reasoning, but is not a speed where the answer arrived in one burst.
    speed: fastest === undefined ? undefined : Math.max(fastest, average),
    ratio: Math.max(ratioOf('input', LEAST_INPUT), thought ? 1 : ratioOf('output', LEAST_OUTPUT)),
    thought,
  };
}

/**
 * A bill above this multiple of the received text, and this many tokens more, includes reasoning; a stop token or a
 * role does not reach it.
 */
const [HIDDEN_FROM, HIDDEN_LEAST] = [1.5, 32];
/** The bill of a shorter text depends on the template's additions more than on the text. */
const [LEAST_INPUT, LEAST_OUTPUT] = [1_000, 64];

/** Measures the speed of one answer while it arrives. */
export interface PaceMeter {
  /** Start of the open window in milliseconds of a monotonic clock; undefined = nothing has arrived yet. */
  readonly since: number | undefined;
  /** Number of tokens after the one that opened the window. */
  readonly tokens: number;
  /** Speed of the fastest window so far, tokens a second. */
  readonly fastest: number | undefined;
}

export const restingMeter: PaceMeter = { since: undefined, tokens: 0, fastest: undefined };

export function metered(meter: PaceMeter, tokens: number, at: number): PaceMeter {
  if (meter.since === undefined) return { ...meter, since: at };
  const counted = meter.tokens + tokens;
  const ms = at - meter.since;
  if (ms < WINDOW_MS) return { ...meter, tokens: counted };
  const speed = Math.min(FASTEST_PUBLISHED, (1000 * counted) / ms);
  return { since: at, tokens: 0, fastest: Math.max(speed, meter.fastest ?? 0) };
}

export const encodePaces = (paces: Paces): unknown =>
  [...paces].map(([armId, seen]) => [
    armId,
    seen.map(({ speed, ratio, thought }) => [short(speed), short(ratio), thought ?? null]),
  ]);

/** Total: entries not in the form of `encodePaces` are dropped, and an arm without a pace counts as the fastest one. */
export function decodePaces(stored: unknown): Paces {
  if (!Array.isArray(stored) || stored.length > MAX_ARMS) return noPaces;
  let paces = noPaces;
  for (const entry of stored as readonly unknown[]) {
    const [id, rows] = listOf(entry);
    if (typeof id !== 'string' || !Array.isArray(rows)) return noPaces;
    for (const row of rows.slice(-MEMORY) as readonly unknown[]) {
      const [speed, ratio, thought] = listOf(row);
      const seen = { speed: numberOf(speed), ratio: numberOf(ratio) };
      paces = notePace(paces, id as ArmId, typeof thought === 'boolean' ? { ...seen, thought } : seen);
    }
  }
  return paces;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const isPositive = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const short = (value: number | undefined): number => (value === undefined ? 0 : Number(value.toPrecision(4)));
