/**
 * What stopping an answer means where closing the connection does not end the work: the bill grows unseen, and the whole
 * reservation stays reserved until it is known. The rest of a nearly finished answer costs less than such a hold, so it
 * may run out: its usage then says what it cost.
 */
import type { Arm } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { left } from '../money.ts';
import { mostCost } from './pricing.ts';

export type StopTerms =
  /** Nothing stays reserved beyond what can have been made: it is stopped at once. */
  | { readonly kind: 'ends' }
  /** Nearly finished: it is read to its end unseen. */
  | { readonly kind: 'runs-out' }
  /** All of this stays reserved until the bill is known. */
  | { readonly kind: 'keeps'; readonly reserved: NanoUsd };

export interface StoppedAnswer {
  readonly arm: Pick<Arm, 'price' | 'cacheLife'>;
  /** Reserved for it. */
  readonly worstCase: NanoUsd;
  /** Billed input as expected, tokens. */
  readonly inputTokens: number;
  /** Output as such answers have it, thoughts included, tokens. */
  readonly expectedOutput: number;
  /** The most output that can come, tokens. */
  readonly outputCap: number;
  /** Output so far, tokens. */
  readonly received: number;
  readonly endsWhenClosed: boolean;
}

/** Lengths have long tails: of an answer that is longer than most, half as much again is still to be expected. */
const TAIL = 0.5;

export function stopTerms(answer: StoppedAnswer): StopTerms {
  const { worstCase, received, expectedOutput, outputCap } = answer;
  if (worstCase <= 0 || answer.endsWhenClosed) return { kind: 'ends' };
  const rest = Math.min(
    Math.max(0, outputCap - received),
    Math.max(expectedOutput - received, TAIL * received),
  );
  // Half of it and more is there, and the rest costs less than what a stop would keep beyond the whole answer's bill.
  const isNearlyFinished = received > 0 && rest <= received;
  const soFar = mostCost(answer.arm, { inputTokens: answer.inputTokens, outputTokens: received });
  const whole = mostCost(answer.arm, { inputTokens: answer.inputTokens, outputTokens: received + rest });
  if (isNearlyFinished && soFar !== undefined && whole !== undefined) {
    if (whole - soFar < left(worstCase, whole)) return { kind: 'runs-out' };
  }
  return { kind: 'keeps', reserved: worstCase };
}
