/**
 * What the user did with one suggestion, from stable API signals only, which come in no fixed order (a selection
 * change precedes the accept command; undo and Esc may cross it). So the state is the evidence gathered so far, in
 * which every fact is a maximum or a "has happened", and the verdict is a function of the evidence: any order of
 * the same events gives the same verdict. Negative verdicts wait for a grace period; each later verdict replaces
 * the former one of the same decision, which the router revises exactly.
 */
import type { EpochMs } from '../brand.ts';
import type { OutcomeKind } from '../decision.ts';

export type InlineEvent =
  | { readonly type: 'shown'; readonly at: EpochMs }
  /** No longer visible, and not by the user's choice against it: scrolled, focus lost, list changed. */
  | { readonly type: 'hidden'; readonly at: EpochMs }
  | { readonly type: 'accepted'; readonly at: EpochMs }
  /** `fraction` of the text taken by next-word or next-line, in [0, 1]. */
  | { readonly type: 'partial'; readonly at: EpochMs; readonly fraction: number }
  /** The whole text was typed by hand. */
  | { readonly type: 'typed-through'; readonly at: EpochMs }
  | { readonly type: 'escaped'; readonly at: EpochMs }
  /** The user typed something else, or moved away. */
  | { readonly type: 'diverged'; readonly at: EpochMs }
  /** Another suggestion took its place. */
  | { readonly type: 'superseded'; readonly at: EpochMs }
  | { readonly type: 'undone'; readonly at: EpochMs }
  /** `kept`: share of the accepted text still there, by edit distance, in [0, 1]. */
  | { readonly type: 'survival'; readonly at: EpochMs; readonly after: SurvivalCheck; readonly kept: number };

export type SurvivalCheck = '30s' | '5min';

export interface Evidence {
  readonly visibleSince: EpochMs | undefined;
  /** Longest time visible without a break before the present one, ms. */
  readonly visibleMs: number;
  readonly acceptedAt: EpochMs | undefined;
  readonly typedThroughAt: EpochMs | undefined;
  readonly partial: number;
  readonly escaped: boolean;
  readonly diverged: boolean;
  readonly superseded: boolean;
  readonly undoneAt: EpochMs | undefined;
  readonly kept: Readonly<Partial<Record<SurvivalCheck, number>>>;
  /** First and last event that ended the suggestion: visibility ends at one, the grace period starts at the other. */
  readonly firstEndAt: EpochMs | undefined;
  readonly lastEndAt: EpochMs | undefined;
}

export interface Verdict {
  readonly kind: OutcomeKind;
  readonly reward: number | undefined;
  readonly weight: number;
}

export interface OutcomeRules {
  /** Below this a suggestion was not read (Cody's 750 ms). */
  readonly minVisibleMs: number;
  /** The accept command may come this long after what looks like a rejection. */
  readonly graceMs: number;
  /** An undo within this time of acceptance takes it back. */
  readonly undoWithinMs: number;
  /** How much passing a suggestion by counts, beside an explicit answer. */
  readonly divergedWeight: number;
}

export const DEFAULT_RULES: OutcomeRules = {
  minVisibleMs: 750,
  graceMs: 250,
  undoWithinMs: 10_000,
  divergedWeight: 0.3,
};

export const noEvidence: Evidence = {
  visibleSince: undefined,
  visibleMs: 0,
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

/** Adds one event's facts. Total: events that make no sense in this state add what they can. */
export function gather(evidence: Evidence, event: InlineEvent): Evidence {
  switch (event.type) {
    case 'shown':
      return { ...evidence, visibleSince: evidence.visibleSince ?? event.at };
    case 'hidden':
      return { ...evidence, visibleMs: visibleMs(evidence, event.at), visibleSince: undefined };
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
      // Checked once each; should a check come twice, the worse result stands, in whichever order.
      const kept = Math.min(evidence.kept[event.after] ?? 1, unit(event.kept));
      return { ...evidence, kept: { ...evidence.kept, [event.after]: kept } };
    }
  }
}

const ended = (evidence: Evidence, at: EpochMs): Evidence => ({
  ...evidence,
  firstEndAt: earlier(evidence.firstEndAt, at),
  lastEndAt: Math.max(evidence.lastEndAt ?? at, at),
});

/** Longest time visible up to `until`, ms. A clock that went back makes it 0, never negative. */
function visibleMs({ visibleSince, firstEndAt, visibleMs: before }: Evidence, until: EpochMs): number {
  if (visibleSince === undefined) return before;
  return Math.max(before, earlier(firstEndAt, until) - visibleSince, 0);
}

const earlier = (a: EpochMs | undefined, b: EpochMs): EpochMs => (a === undefined ? b : Math.min(a, b));
const unit = (value: number): number => (value >= 0 ? Math.min(1, value) : 0);

/** What the evidence says now, or undefined while it may still change for the better. */
export function verdict(evidence: Evidence, now: EpochMs, rules: OutcomeRules): Verdict | undefined {
  if (evidence.acceptedAt !== undefined) return taken(evidence, evidence.acceptedAt, rules);
  if (evidence.lastEndAt === undefined) return undefined;
  const waited = now - evidence.lastEndAt;
  // A negative wait is a clock that went back: the grace period counts as over.
  if (0 <= waited && waited < rules.graceMs) return undefined;
  // Accepting inserts the text before the command runs, so it too looks like typing at first.
  if (evidence.typedThroughAt !== undefined) return taken(evidence, evidence.typedThroughAt, rules);
  return passedBy(evidence, rules);
}

function taken(evidence: Evidence, at: EpochMs, rules: OutcomeRules): Verdict {
  const { undoneAt } = evidence;
  if (undoneAt !== undefined && undoneAt - at <= rules.undoWithinMs) {
    return { kind: 'undone', reward: 0, weight: 1 };
  }
  const kept = evidence.kept['5min'] ?? evidence.kept['30s'];
  if (kept !== undefined) return { kind: 'survived', reward: survivalReward(kept), weight: 1 };
  return { kind: evidence.acceptedAt === undefined ? 'typed-through' : 'accepted', reward: 1, weight: 1 };
}

/** Small repairs are normal and cost nothing; a suggestion rewritten by more than half was not worth having. */
export const survivalReward = (kept: number): number => Math.min(1, Math.max(0, (kept - 0.4) / 0.5));

function passedBy(evidence: Evidence, rules: OutcomeRules): Verdict {
  if (evidence.partial > 0) {
    const undone = evidence.undoneAt !== undefined;
    return { kind: undone ? 'undone' : 'partial', reward: undone ? 0 : evidence.partial, weight: 1 };
  }
  if (evidence.escaped) return { kind: 'rejected', reward: 0, weight: 1 };
  const read = visibleMs(evidence, evidence.firstEndAt ?? 0) >= rules.minVisibleMs;
  if (evidence.diverged && read) return { kind: 'diverged', reward: 0, weight: rules.divergedWeight };
  if (evidence.superseded && read) return { kind: 'superseded', reward: undefined, weight: 1 };
  return { kind: 'unseen', reward: undefined, weight: 1 };
}

export const sameVerdict = (a: Verdict | undefined, b: Verdict | undefined): boolean =>
  a?.kind === b?.kind && a?.reward === b?.reward && a?.weight === b?.weight;
