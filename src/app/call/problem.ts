/**
 * Every reason that a prompt gets no answer, as data. src/vscode/words/messages.ts turns each into one sentence with
 * actions; this file contains no sentences, so they can be translated and tests check kinds.
 */
import type { Arm } from '../../core/arm.ts';
import type { ArmId, EpochMs, NanoUsd } from '../../core/brand.ts';
import type { ExclusionReason } from '../../core/decision.ts';
import type { ProviderError } from '../ports/models.ts';
import type { LedgerRefusal, StorageFault } from '../ports/money.ts';

export type Problem =
  | { readonly kind: 'no-models' }
  | { readonly kind: 'no-limit' }
  | {
      readonly kind: 'limit-reached';
      readonly which: 'month' | 'workspace' | 'inline';
      readonly left: NanoUsd;
      readonly resetsAt: EpochMs;
      /** A free model that could answer instead, if the user has one. */
      readonly freeArm: ArmId | undefined;
      /** The only model that the user wants: others may fit. Undefined = no model fits. */
      readonly wished: Arm | undefined;
    }
  | { readonly kind: 'ledger-busy' }
  | { readonly kind: 'ledger-unavailable'; readonly fault: StorageFault }
  | { readonly kind: 'ledger-unconfirmed' }
  | { readonly kind: 'too-long'; readonly inputTokens: number; readonly largestContext: number }
  | {
      readonly kind: 'none-usable';
      readonly reasons: readonly { readonly arm: Arm; readonly reason: ExclusionReason }[];
    }
  /** A better answer was requested, and no usable model is expected to give one. */
  | { readonly kind: 'nothing-better' }
  | { readonly kind: 'chosen-unusable'; readonly arm: Arm; readonly reason: ExclusionReason }
  /** `partial`: a part of the answer had arrived and stays. */
  | { readonly kind: 'provider'; readonly arm: Arm; readonly error: ProviderError; readonly partial: boolean }
  | { readonly kind: 'internal'; readonly detail: string };

export function problemOfRefusal(
  refusal: LedgerRefusal,
  { free, wished }: { readonly free: ArmId | undefined; readonly wished: Arm | undefined },
): Problem {
  switch (refusal.kind) {
    case 'over-limit':
      return {
        kind: 'limit-reached',
        which: refusal.which,
        left: refusal.left,
        resetsAt: refusal.resetsAt,
        freeArm: free,
        wished,
      };
    case 'no-limit-set':
      return { kind: 'no-limit' };
    case 'busy':
      return { kind: 'ledger-busy' };
    case 'unavailable':
      return {
        kind: 'ledger-unavailable',
        fault: { kind: refusal.problem ?? 'io-error', reason: refusal.reason },
      };
    case 'needs-confirmation':
      return { kind: 'ledger-unconfirmed' };
  }
}
