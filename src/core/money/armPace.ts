/**
 * What is known of an arm's pace: how fast it makes tokens, and how many tokens its bills have for a text. Both bound
 * what a stopped answer can have cost (`unseen.ts`), so each errs high: the fastest of the arm's latest answers, and the
 * bill that was highest for its text.
 *
 * A speed is read from windows of half a second and more (`PaceMeter`), so that tokens that waited somewhere and came in
 * one burst make no speed by themselves; what a burst still adds to a window is bounded by the fastest speed published
 * for any model, and forgotten after `MEMORY` answers. An arm of which no speed is known counts as that fast: of an
 * answer stopped before there is one, all that its cap allows stays held (`firstAnswers.ts` keeps that small).
 */
import type { ArmId } from '../brand.ts';

/** Tokens a second: Taalas HC1, published in February 2026; Cerebras has published 3,000. No model that is sold is faster. */
export const FASTEST_PUBLISHED = 17_000;
const WINDOW_MS = 500;
/** Answers that are remembered for each arm. */
const MEMORY = 20;
const MAX_ARMS = 40;
/** Bills without a hidden thought after which an arm counts as one that does not think. */
const ENOUGH_BILLS = 3;
/** A bill for more is no matter of tokenizers, such as hidden reasoning. */
const MOST_RATIO = 2;

/** What one answer showed; absent = it did not show that. */
export interface PaceSeen {
  /** Tokens a second. */
  readonly speed?: number | undefined;
  /** Billed tokens over `mostTokens`, of what was sent or received. */
  readonly ratio?: number | undefined;
  /** Whether its bill was for thoughts that nobody saw. */
  readonly thought?: boolean | undefined;
}

export interface ArmPace {
  /** Fastest of the latest answers, tokens a second; undefined = none is known. */
  readonly speed: number | undefined;
  /** What `mostTokens` is to be multiplied by; at least 1. */
  readonly ratio: number;
  /** It may think unseen: it did, or too few bills have come to say that it does not. */
  readonly thinks: boolean;
}

/** Latest last, by arm; the arm used last comes last. */
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
 * What a complete answer's bill says of the arm, beside what was received of it.
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
    // The average tells of thoughts' speed, but is no speed where the answer came in one burst.
    speed: fastest === undefined ? undefined : Math.max(fastest, average),
    ratio: Math.max(ratioOf('input', LEAST_INPUT), thought ? 1 : ratioOf('output', LEAST_OUTPUT)),
    thought,
  };
}

/** A bill above this much of what was received, at most, has thoughts in it; a stop sign or a role has no share in it. */
const [HIDDEN_FROM, HIDDEN_LEAST] = [1.5, 32];
/** Shorter texts say more of what a template adds than of the text. */
const [LEAST_INPUT, LEAST_OUTPUT] = [1_000, 64];

/** Reads the speed of one answer while it comes in. */
export interface PaceMeter {
  /** Start of the window that is open, milliseconds of a clock that never jumps; undefined = nothing came yet. */
  readonly since: number | undefined;
  /** Tokens after the one that opened the window. */
  readonly tokens: number;
  /** Of the fastest window so far, tokens a second. */
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

/** Total: what is not as `encodePaces` makes it is forgotten, and an arm without a pace counts as the fastest there is. */
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
