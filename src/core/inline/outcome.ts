/**
 * Judges what the user did with one suggestion. The stable API's signals have no fixed order (a selection change
 * precedes the accept command; undo and Esc may cross it). Therefore the state is the evidence so far, in which each
 * fact is a maximum or a flag, and the verdict is a function of the evidence: the same events in any order give the
 * same verdict. Negative verdicts wait for a grace period; a later verdict of the same decision replaces the earlier
 * one, and the router revises its reward exactly.
 */
import type { EpochMs } from '../brand.ts';
import type { OutcomeKind } from '../decision.ts';
import {
  gradedReward,
  rewardOf,
  type GradedOutcome,
  type PlainOutcome,
  type Reward,
} from '../learning/reward.ts';

export type InlineEvent =
  | { readonly type: 'shown'; readonly at: EpochMs }
  | { readonly type: 'accepted'; readonly at: EpochMs }
  /** `fraction`: share of the text accepted by next-word or next-line, in [0, 1]. */
  | { readonly type: 'partial'; readonly at: EpochMs; readonly fraction: number }
  /** The user typed the whole text by hand. */
  | { readonly type: 'typed-through'; readonly at: EpochMs }
  | { readonly type: 'escaped'; readonly at: EpochMs }
  /** The user typed something else, or moved the cursor away. */
  | { readonly type: 'diverged'; readonly at: EpochMs }
  /** Another suggestion replaced this one. */
  | { readonly type: 'superseded'; readonly at: EpochMs }
  | { readonly type: 'undone'; readonly at: EpochMs }
  /** `kept`: share of the accepted text that remains, by edit distance, in [0, 1]. */
  | { readonly type: 'survival'; readonly at: EpochMs; readonly after: SurvivalCheck; readonly kept: number };

export type SurvivalCheck = '30s' | '5min';

export interface OutcomeEvidence {
  readonly visibleSince: EpochMs | undefined;
  readonly acceptedAt: EpochMs | undefined;
  readonly typedThroughAt: EpochMs | undefined;
  readonly partial: number;
  readonly escaped: boolean;
  readonly diverged: boolean;
  readonly superseded: boolean;
  readonly undoneAt: EpochMs | undefined;
  readonly kept: Readonly<Partial<Record<SurvivalCheck, number>>>;
  /**
   * The first and the last event that ended the suggestion: visibility ends at the first, the grace period starts at
   * the last.
   */
  readonly firstEndAt: EpochMs | undefined;
  readonly lastEndAt: EpochMs | undefined;
}

export interface Verdict extends Reward {
  readonly kind: OutcomeKind;
}

const plain = (kind: PlainOutcome): Verdict => ({ kind, ...rewardOf(kind) });
const graded = (kind: GradedOutcome, share: number): Verdict => ({ kind, ...gradedReward(kind, share) });

export interface OutcomeRules {
  /** A suggestion visible for a shorter time counts as unread (Cody uses 750 ms). */
  readonly minVisibleMs: number;
  /** The longest delay between an apparent rejection and the accept command. */
  readonly graceMs: number;
  /** An undo within this time of the acceptance cancels it. */
  readonly undoWithinMs: number;
}

export const DEFAULT_RULES: OutcomeRules = {
  minVisibleMs: 750,
  graceMs: 250,
  undoWithinMs: 10_000,
};

export const noEvidence: OutcomeEvidence = {
  visibleSince: undefined,
  acceptedAt: undefined,
  typedThroughAt: undefined,
  partial: 0,
  escaped: false,
  diverged: false,
  superseded: false,
  undoneAt: undefined,
  kept: {},
  firstEndAt: undefined,
  lastEndAt: undefined,
};

/** Adds one event's facts. Total: an event that makes no sense in this state adds what it can. */
export function gather(evidence: OutcomeEvidence, event: InlineEvent): OutcomeEvidence {
  switch (event.type) {
    case 'shown':
      return { ...evidence, visibleSince: evidence.visibleSince ?? event.at };
    case 'accepted':
      return ended({ ...evidence, acceptedAt: earlier(evidence.acceptedAt, event.at) }, event.at);
    case 'typed-through':
      return ended({ ...evidence, typedThroughAt: earlier(evidence.typedThroughAt, event.at) }, event.at);
    case 'partial':
      return { ...evidence, partial: Math.max(evidence.partial, unit(event.fraction)) };
    case 'escaped':
      return ended({ ...evidence, escaped: true }, event.at);
    case 'diverged':
      return ended({ ...evidence, diverged: true }, event.at);
    case 'superseded':
      return ended({ ...evidence, superseded: true }, event.at);
    case 'undone':
      return { ...evidence, undoneAt: earlier(evidence.undoneAt, event.at) };
    case 'survival': {
      // Each check runs once; if one comes twice, the worse result counts in either order.
      const kept = Math.min(evidence.kept[event.after] ?? 1, unit(event.kept));
      return { ...evidence, kept: { ...evidence.kept, [event.after]: kept } };
    }
  }
}

const ended = (evidence: OutcomeEvidence, at: EpochMs): OutcomeEvidence => ({
  ...evidence,
  firstEndAt: earlier(evidence.firstEndAt, at),
  lastEndAt: Math.max(evidence.lastEndAt ?? at, at),
});

/** Milliseconds the suggestion was visible before its first end; 0 if the clock was set back. */
function visibleMs({ visibleSince, firstEndAt }: OutcomeEvidence): number {
  return visibleSince === undefined ? 0 : Math.max((firstEndAt ?? 0) - visibleSince, 0);
}

const earlier = (a: EpochMs | undefined, b: EpochMs): EpochMs => (a === undefined ? b : Math.min(a, b));
const unit = (value: number): number => (value >= 0 ? Math.min(1, value) : 0);

/** The present verdict; undefined while it may still improve. */
export function verdict(evidence: OutcomeEvidence, now: EpochMs, rules: OutcomeRules): Verdict | undefined {
  if (evidence.acceptedAt !== undefined) return taken(evidence, evidence.acceptedAt, rules);
  if (evidence.lastEndAt === undefined) return undefined;
  const waited = now - evidence.lastEndAt;
  // A negative wait means that the clock was set back: the grace period counts as over.
  if (0 <= waited && waited < rules.graceMs) return undefined;
  // An acceptance inserts its text before the command runs, so that it looks like typing at first.
  if (evidence.typedThroughAt !== undefined) return taken(evidence, evidence.typedThroughAt, rules);
  return passedBy(evidence, rules);
}

function taken(evidence: OutcomeEvidence, at: EpochMs, rules: OutcomeRules): Verdict {
  const { undoneAt } = evidence;
  if (undoneAt !== undefined && undoneAt - at <= rules.undoWithinMs) return plain('undone');
  const kept = evidence.kept['5min'] ?? evidence.kept['30s'];
  if (kept !== undefined) return graded('survived', kept);
  return plain(evidence.acceptedAt === undefined ? 'typed-through' : 'accepted');
}

function passedBy(evidence: OutcomeEvidence, rules: OutcomeRules): Verdict {
  if (evidence.partial > 0)
    return evidence.undoneAt === undefined ? graded('partial', evidence.partial) : plain('undone');
  if (evidence.escaped) return plain('rejected');
  const isRead = visibleMs(evidence) >= rules.minVisibleMs;
  if (evidence.diverged && isRead) return plain('diverged');
  return plain(evidence.superseded && isRead ? 'superseded' : 'unseen');
}

export const sameVerdict = (a: Verdict | undefined, b: Verdict | undefined): boolean =>
  a?.kind === b?.kind && a?.reward === b?.reward && a?.weight === b?.weight;
