/**
 * A circuit breaker per arm: errors and time-outs say that an arm is down, never that its answers are bad, so they
 * close it for a while instead of lowering its reward (docs/decisions.md, "Rewards").
 */
import type { ArmId, EpochMs } from '../../core/brand.ts';
import type { ProviderError } from '../ports/models.ts';

/** First pause after a failure that may pass by itself; doubles with each further failure, up to `longestPauseMs`. */
const firstPauseMs = 15_000;
const longestPauseMs = 10 * 60_000;
/** A wrong key or an empty account stays so: wait until the user changed something, or this long. */
const fatalPauseMs = 60 * 60_000;

interface Breaker {
  readonly failures: number;
  readonly openUntil: EpochMs;
}

export class Health {
  readonly #breakers = new Map<ArmId, Breaker>();
  /** Their models refused the effort set for them; a setting has to change before they are chosen again. */
  readonly #refusedEffort = new Set<ArmId>();

  isOpen(arm: ArmId, now: EpochMs): boolean {
    return now < (this.#breakers.get(arm)?.openUntil ?? 0);
  }

  refusedEffort(arm: ArmId): boolean {
    return this.#refusedEffort.has(arm);
  }

  succeeded(arm: ArmId): void {
    this.#breakers.delete(arm);
  }

  failed(arm: ArmId, error: ProviderError, now: EpochMs): void {
    if (error.kind === 'effort-refused') this.#refusedEffort.add(arm);
    const pause = pauseAfter(error, this.#breakers.get(arm)?.failures ?? 0);
    if (pause === 0) return;
    const failures = (this.#breakers.get(arm)?.failures ?? 0) + 1;
    this.#breakers.set(arm, { failures, openUntil: now + pause });
  }

  reset(): void {
    this.#breakers.clear();
    this.#refusedEffort.clear();
  }

  /** A changed setting, key or offer gives every arm a new chance. */
  resetWith(sources: readonly { onDidChange(listener: () => void): unknown }[]): void {
    for (const source of sources) source.onDidChange(() => this.reset());
  }
}

/** Milliseconds for which the arm is left alone; 0 = the failure says nothing about the arm. */
function pauseAfter(error: ProviderError, earlierFailures: number): number {
  const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** earlierFailures);
  switch (error.kind) {
    case 'cancelled':
    case 'too-long':
    case 'too-large':
    case 'bad-request':
    case 'wrong-address':
    case 'effort-refused':
    case 'state-refused':
      return 0;
    case 'no-key':
    case 'wrong-key':
    case 'no-credit':
    case 'model-gone':
    case 'no-responses':
    case 'insecure':
    case 'redirect':
      return fatalPauseMs;
    case 'rate-limited':
      // Zero is no pause that a server asks for: it does not say how long.
      return Math.min(longestPauseMs, error.retryAfterMs || backoff);
    // Some account settings, or a shorter answer, change these; the user is told and may do so at any time.
    case 'forbidden':
    case 'cannot-afford':
    case 'server-error':
    case 'refused':
    case 'unreachable':
    case 'reset':
    case 'timeout':
    case 'not-json':
    case 'empty':
    case 'unknown':
      return backoff;
  }
}
