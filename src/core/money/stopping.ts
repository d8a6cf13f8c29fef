/**
 * The effect of stopping an answer where closing the connection does not end the provider's work: the bill grows
 * unseen, and the whole reservation stays reserved until the bill is known. The rest of a nearly finished answer costs
 * less than such a hold, so the answer may run to its end: its usage then states its cost.
 */
import type { Arm } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { left } from '../money.ts';
import { mostCost } from './pricing.ts';

export type StopTerms =
  /** Nothing beyond the generated tokens stays reserved: the answer is stopped at once. */
  | { readonly kind: 'ends' }
  /** The answer is nearly finished: it is read to its end unseen. */
  | { readonly kind: 'runs-out' }
  /** The whole reservation stays until the bill is known. */
  | { readonly kind: 'keeps'; readonly reserved: NanoUsd };

export interface StoppedAnswer {
  readonly arm: Pick<Arm, 'price' | 'cacheLife'>;
  /** The reservation. */
  readonly worstCase: NanoUsd;
  /** Expected billed input tokens. */
  readonly inputTokens: number;
  /** Usual output tokens of such answers, including reasoning. */
  readonly expectedOutput: number;
  /** The most output tokens possible. */
  readonly outputCap: number;
  /** Output tokens so far. */
  readonly received: number;
  readonly endsWhenClosed: boolean;
}

/** Lengths are long-tailed: an answer that is longer than most is expected to grow by half its length. */
const TAIL = 0.5;

export function stopTerms(answer: StoppedAnswer): StopTerms {
  const { worstCase, received, expectedOutput, outputCap } = answer;
  if (worstCase <= 0 || answer.endsWhenClosed) return { kind: 'ends' };
  const rest = Math.min(
    Math.max(0, outputCap - received),
    Math.max(expectedOutput - received, TAIL * received),
  );
  // At least half of the answer is there, and the rest costs less than a stop would keep beyond the whole answer's
  // bill.
  const isNearlyFinished = received > 0 && rest <= received;
  const soFar = mostCost(answer.arm, { inputTokens: answer.inputTokens, outputTokens: received });
  const whole = mostCost(answer.arm, { inputTokens: answer.inputTokens, outputTokens: received + rest });
  if (isNearlyFinished && soFar !== undefined && whole !== undefined) {
    if (whole - soFar < left(worstCase, whole)) return { kind: 'runs-out' };
  }
  return { kind: 'keeps', reserved: worstCase };
}
