/** The ports of the inline use case, restricted to what it uses. */
import type { Arm } from '../../core/arm.ts';
import type { DecisionId, EpochMs } from '../../core/brand.ts';
import type { OutcomeKind } from '../../core/decision.ts';
import type { ContextSource } from '../../core/inline/contextRanking.ts';
import type { ChosenFormat } from '../../core/inline/fim/infer.ts';
import type { MultilineSetting } from '../../core/inline/multiline.ts';
import type { LocalCompletion, LocalQuery } from '../../core/local/localModel.ts';
import type { Disposable, Log } from '../ports/environment.ts';
import type { Problem } from '../call/problem.ts';
import type { Completion } from '../call/routedCompletion.ts';

/** Settings under `pilot.inline`, checked when read. */
export interface InlineSettings {
  readonly enabled: boolean;
  readonly languages: Readonly<Record<string, boolean>>;
  /** gitignore patterns. */
  readonly excludedFiles: readonly string[];
  /** Whether arms that cost money may be used. Application scope. */
  readonly paid: boolean;
  readonly local: boolean;
  readonly multiline: MultilineSetting;
  /** An arm that is expected to take longer (75th percentile) is excluded. */
  readonly latencyTargetMs: number;
  /** Prompt size in tokens: prefix, suffix and context. */
  readonly contextTokens: number;
  readonly debounceMs: { readonly min: number; readonly max: number };
}

/** Implemented by `Learning`. */
export interface InlineLearning {
  correctedOutcome(
    decisionId: DecisionId,
    kind: OutcomeKind,
    reward: { readonly reward: number | undefined; readonly weight: number },
  ): Promise<void>;
}

export interface LocalModelPort {
  /** Resolves within a fraction of a second; undefined = no suggestion, or no worker. */
  complete(query: LocalQuery): Promise<LocalCompletion | undefined>;
}

export interface Timers {
  after(ms: number, action: () => void): Disposable;
}

export interface InlineDeps {
  readonly now: () => EpochMs;
  readonly timers: Timers;
  readonly log: Log;
  readonly engine: Completion;
  readonly learning: InlineLearning;
  readonly local: LocalModelPort;
  readonly settings: () => InlineSettings;
  /** Includes the local arm; the use case excludes arms that it may not use. */
  readonly arms: () => readonly Arm[];
  /** The user's setting for the model, or the inference from its name. */
  readonly formatOf: (arm: Arm) => ChosenFormat;
  /** Neighboring files and recent edits, without secrets. Called once for each request. */
  readonly context: (documentId: string) => readonly ContextSource[];
  /** Called for each failed request; the surface decides what to show, once. */
  readonly onProblem: (problem: Problem) => void;
}
