/**
 * A circuit breaker for each arm: errors and timeouts show that an arm is unavailable, not that its answers are bad, so
 * they exclude it for a while and do not lower its reward (docs/decisions.md, "Rewards").
 */
import type { ArmId, EpochMs } from '../../core/brand.ts';
import type { ProviderError } from '../ports/models.ts';

/**
 * Milliseconds of the first pause after a temporary failure; each further failure doubles it, up to `longestPauseMs`.
 */
const firstPauseMs = 15_000;
const longestPauseMs = 10 * 60_000;
/** A wrong key or an empty account is permanent: the pause lasts until the user changes something, or this long. */
const fatalPauseMs = 60 * 60_000;

interface Breaker {
  readonly failures: number;
  readonly openUntil: EpochMs;
}

export class Health {
  readonly #breakers = new Map<ArmId, Breaker>();
  /** Arms whose model refused the set effort; they are excluded until a setting changes. */
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

  /** A changed setting, key or offer ends every arm's pause. */
  resetWith(sources: readonly { onDidChange(listener: () => void): unknown }[]): void {
    for (const source of sources) source.onDidChange(() => this.reset());
  }
}

/** Milliseconds for which the arm is excluded; 0 = the failure is not evidence about the arm. */
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
      // A server that asks for a pause of zero does not state its length.
      return Math.min(longestPauseMs, error.retryAfterMs || backoff);
    // Some account settings, or a shorter answer, change these; the user is told and may change them at any time.
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
