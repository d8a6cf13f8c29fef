/** Reports the outcome of an edit to the learner: when all of it is decided, and again after 30 s and 5 min. */
import type { DecisionId } from '../../core/brand.ts';
import { editVerdict, keptShare, type EditEvidence } from '../../core/edit/outcome.ts';
import type { ReadText, ReviewHunk } from '../../core/edit/review.ts';
import type { SurvivalCheck } from '../../core/inline/outcome.ts';
import { rewardOf, type Reward } from '../../core/learning/reward.ts';
import type { OutcomeKind } from '../../core/decision.ts';
import type { Disposable } from '../ports/environment.ts';
import type { EditSessionDeps } from './ports.ts';

const SURVIVAL_MS: Readonly<Record<SurvivalCheck, number>> = { '30s': 30_000, '5min': 300_000 };

export class EditOutcome {
  readonly #deps: EditSessionDeps;
  readonly #decisionId: DecisionId;
  readonly #read: ReadText;
  #evidence: EditEvidence = { accepted: 0, rejected: 0, undone: false, kept: {} };
  #checks: readonly Disposable[] = [];

  constructor(deps: EditSessionDeps, decisionId: DecisionId, read: ReadText) {
    this.#deps = deps;
    this.#decisionId = decisionId;
    this.#read = read;
  }

  /** `hunks`: called again for each check of the remaining text. */
  decided(hunks: () => readonly ReviewHunk[]): void {
    this.#count(hunks());
    this.#tell();
    if (this.#evidence.accepted === 0) return;
    this.#checks = (['30s', '5min'] as const).map((after) =>
      this.#deps.timers.after(SURVIVAL_MS[after], () => {
        const kept = keptShare(hunks(), this.#read);
        this.#evidence = { ...this.#evidence, kept: { ...this.#evidence.kept, [after]: kept } };
        this.#tell();
      }),
    );
  }

  undone(): void {
    this.#stopChecks();
    this.#evidence = { ...this.#evidence, undone: true };
    this.#tell();
  }

  /** The user requested the same of another answer. */
  retried(): void {
    this.#stopChecks();
    this.#record('retried', rewardOf('retried'));
  }

  /** The decisions so far count, and no check can follow. */
  close(hunks: readonly ReviewHunk[]): void {
    const wasDecided = this.#evidence.accepted + this.#evidence.rejected > 0;
    this.#stopChecks();
    if (wasDecided || this.#evidence.undone) return;
    this.#count(hunks);
    this.#tell();
  }

  #count(hunks: readonly ReviewHunk[]): void {
    const of = (wanted: ReviewHunk['state']): number => hunks.filter(({ state }) => state === wanted).length;
    this.#evidence = { ...this.#evidence, accepted: of('accepted'), rejected: of('rejected') };
  }

  #tell(): void {
    const verdict = editVerdict(this.#evidence);
    if (verdict) this.#record(verdict.kind, verdict);
  }

  #record(kind: OutcomeKind, { reward, weight }: Reward): void {
    this.#deps.learning
      .correctedOutcome(this.#decisionId, kind, { reward, weight })
      .catch((error: unknown) => this.#deps.log.error('An outcome could not be recorded', error));
  }

  #stopChecks(): void {
    for (const check of this.#checks) check.dispose();
    this.#checks = [];
  }
}
