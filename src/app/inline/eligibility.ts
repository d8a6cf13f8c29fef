/** Which arms may answer here and now, with the learned facts about their speed and use. */
import { isFree } from '../../core/arm.ts';
import type { Arm } from '../../core/arm.ts';
import type { ArmId, EpochMs } from '../../core/brand.ts';
import type { ExclusionReason } from '../../core/decision.ts';
import { fimFormat } from '../../core/inline/fim/templates.ts';
import type { FimFormat } from '../../core/inline/fim/format.ts';
import { expectedLatencyMs, initialLatency, observeLatency } from '../../core/inline/latency.ts';
import { earn, initialPace, mayPay, spend } from '../../core/inline/pace.ts';
import type { Try } from './keystroke.ts';
import type { InlineDeps } from './ports.ts';

type EligibilityFacts = Pick<Try, 'tokens' | 'explicit' | 'localText' | 'taken' | 'localOnly'>;

/** After this many consecutive answers that could not be shown, the arm misunderstands its format and is paused. */
const USELESS_IN_A_ROW = 6;
const REST_MS = 60_000;
/** A user who pressed the key for a suggestion waits longer than one who types. */
const EXPLICIT_PATIENCE = 4;

export class Eligibility {
  readonly #deps: Pick<InlineDeps, 'now' | 'settings' | 'arms' | 'formatOf'>;
  readonly #useless = new Map<ArmId, { readonly count: number; readonly at: EpochMs }>();
  #pace = initialPace;
  #latency = initialLatency;

  constructor(deps: Pick<InlineDeps, 'now' | 'settings' | 'arms' | 'formatOf'>) {
    this.#deps = deps;
  }

  formatOf(arm: Arm): FimFormat | undefined {
    return fimFormat(this.#deps.formatOf(arm).id);
  }

  /** Undefined = may be chosen. Permanent reasons come before temporary ones. */
  exclusion(arm: Arm, asked: EligibilityFacts): ExclusionReason | undefined {
    const format = this.formatOf(arm);
    const settings = this.#deps.settings();
    if (format === undefined) return 'lacks-capability';
    if (asked.taken.includes(arm.id)) return 'has-answered';
    if (format.transport === 'local') {
      return settings.local && asked.localText !== '' ? undefined : 'lacks-capability';
    }
    if (asked.localOnly) return 'lacks-capability';
    const free = arm.price !== undefined && isFree(arm.price);
    if (!free && !settings.paid) return 'paid-off';
    if (this.#rests(arm.id)) return 'unhealthy';
    if (this.#isTooSlow(arm.id, asked)) return 'too-slow';
    if (!free && !asked.explicit && !mayPay(this.#pace)) return 'not-worth-price';
    return undefined;
  }

  typed(characters: number): void {
    this.#pace = earn(this.#pace, characters);
  }

  /** Called when a request to this arm has left. */
  sent(arm: Arm): void {
    if (arm.price === undefined || !isFree(arm.price)) this.#pace = spend(this.#pace);
  }

  answered(arm: Arm, tokens: number, ms: number): void {
    this.#latency = observeLatency(this.#latency, arm.id, { tokens, ms, at: this.#deps.now() });
  }

  judged(armId: ArmId, shown: boolean): void {
    if (shown) this.#useless.delete(armId);
    else
      this.#useless.set(armId, { count: (this.#useless.get(armId)?.count ?? 0) + 1, at: this.#deps.now() });
  }

  expectedMs(armId: ArmId, tokens: number): number {
    return expectedLatencyMs(this.#latency, armId, tokens, this.#deps.now());
  }

  #isTooSlow(armId: ArmId, { tokens, explicit }: EligibilityFacts): boolean {
    const target = this.#deps.settings().latencyTargetMs * (explicit ? EXPLICIT_PATIENCE : 1);
    return this.expectedMs(armId, tokens) > target;
  }

  #rests(armId: ArmId): boolean {
    const useless = this.#useless.get(armId);
    if (useless === undefined || useless.count < USELESS_IN_A_ROW) return false;
    const since = this.#deps.now() - useless.at;
    if (0 <= since && since < REST_MS) return true;
    // One more answer decides whether it is paused again.
    this.#useless.set(armId, { ...useless, count: USELESS_IN_A_ROW - 1 });
    return false;
  }
}
