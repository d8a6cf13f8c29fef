/**
 * Follows each suggestion from the screen to its outcome. It receives editor events and gathers evidence (core); each
 * new verdict is corrected by the user's baseline and passed to the router, which revises its reward.
 */
import type { DecisionId } from '../../core/brand.ts';
import { corrected, correctionFor, decodeBaseline, learnBaseline } from '../../core/inline/baseline.ts';
import type { Baseline, Correction } from '../../core/inline/baseline.ts';
import { DEFAULT_RULES, gather, noEvidence, sameVerdict, verdict } from '../../core/inline/outcome.ts';
import type { OutcomeEvidence, InlineEvent, SurvivalCheck, Verdict } from '../../core/inline/outcome.ts';
import { kept, shift } from '../../core/inline/survival.ts';
import type { Stretch } from '../../core/inline/survival.ts';
import { LiveText } from './liveText.ts';
import type { DocumentChange } from './liveText.ts';
import type { InlineDeps } from './ports.ts';
import type { OfferedText, Suggestion } from './suggestion.ts';

export interface TrackerDeps extends Pick<InlineDeps, 'now' | 'timers' | 'learning' | 'log'> {
  /** Text of an open document between two offsets; undefined = closed. */
  readonly readText: (documentId: string, start: number, end: number) => string | undefined;
  readonly onVerdict: (offer: OfferedText, verdict: Verdict) => void;
  /** Storage of the user's acceptance baseline beyond the session; returns the last saved one. */
  readonly baseline: { load(): unknown; save(state: Baseline): void };
}

interface Tracked {
  readonly offer: OfferedText;
  readonly documentId: string;
  evidence: OutcomeEvidence;
  said: Verdict | undefined;
  correction: Correction | undefined;
  /** Position of the accepted text; undefined until accepted. */
  stretch: Stretch | undefined;
  /** Number of characters accepted word by word or line by line. */
  taken: number;
  isWatched: boolean;
}

/** The most suggestions followed at once. An accepted one is followed for five minutes. */
const MAX_TRACKED = 300;
const SURVIVAL_MS: Readonly<Record<SurvivalCheck, number>> = { '30s': 30_000, '5min': 300_000 };

export class OutcomeTracker {
  readonly #deps: TrackerDeps;
  readonly #tracked = new Map<DecisionId, Tracked>();
  #live: { readonly decisionId: DecisionId; readonly text: LiveText } | undefined;
  #partial = false;

  constructor(deps: TrackerDeps) {
    this.#deps = deps;
  }

  /** Called when PILOT's suggestion is assumed to be on the screen. */
  get visible(): OfferedText | undefined {
    return this.#live && this.#tracked.get(this.#live.decisionId)?.offer;
  }

  get size(): number {
    return this.#tracked.size;
  }

  /** `offset`: of the cursor. Supersedes another shown suggestion; the same one continues. */
  shown(documentId: string, offset: number, { offer, text, covers }: Suggestion): void {
    const { decisionId } = offer;
    if (this.#live !== undefined && this.#live.decisionId !== decisionId) this.#endLive('superseded');
    this.#track(offer, documentId);
    this.#live = { decisionId, text: new LiveText({ documentId, offset, text, covers }) };
    this.#add(decisionId, { type: 'shown', at: this.#deps.now() });
  }

  /** The other candidates of a list: they count if accepted, not if unseen. */
  offered(documentId: string, offer: OfferedText): void {
    this.#track(offer, documentId);
  }

  /** Called by the accept command. The text is in the document already and ends at the cursor. */
  accepted(decisionId: DecisionId, cursorOffset: number): OfferedText | undefined {
    const tracked = this.#tracked.get(decisionId);
    if (tracked === undefined) return undefined;
    const length =
      this.#live?.decisionId === decisionId ? this.#live.text.length : tracked.offer.whole.length;
    tracked.stretch ??= { start: Math.max(0, cursorOffset - length), end: cursorOffset };
    if (this.#live?.decisionId === decisionId) this.#live = undefined;
    else this.#endLive('superseded');
    this.#add(decisionId, { type: 'accepted', at: this.#deps.now() });
    this.#watchSurvival(tracked);
    return tracked.offer;
  }

  /** Called on Esc while PILOT's suggestion was shown. */
  escaped(): OfferedText | undefined {
    const offer = this.visible;
    if (offer !== undefined) this.#endLive('escaped');
    return offer;
  }

  /** Announces that the next change comes from accepting a word or a line. */
  expectPartial(): void {
    this.#partial = this.#live !== undefined;
  }

  changed(documentId: string, changes: readonly DocumentChange[], isUndo: boolean): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.documentId === documentId) this.#shiftStretch(tracked, changes, isUndo);
    }
    if (this.#live?.text.documentId !== documentId) return;
    const progress = isUndo ? 'diverged' : this.#live.text.apply(changes);
    if (progress === 'diverged') this.#endLive('diverged');
    else this.#progressed(progress);
  }

  /** Called when the cursor moved without a change that explains it. */
  moved(documentId: string, offset: number): void {
    if (this.#live?.text.documentId === documentId && !this.#live.text.isAt(offset))
      this.#endLive('diverged');
  }

  /** Called when text in this document can no longer be observed. */
  closed(documentId: string): void {
    if (this.#live?.text.documentId === documentId) this.#endLive('diverged');
    for (const [id, tracked] of this.#tracked) {
      if (tracked.documentId === documentId && tracked.said !== undefined) this.#tracked.delete(id);
    }
  }

  #progressed({ characters, done }: { readonly characters: number; readonly done: boolean }): void {
    const live = this.#live;
    if (live === undefined) return;
    const tracked = this.#tracked.get(live.decisionId);
    if (tracked === undefined) return;
    const at = this.#deps.now();
    if (this.#partial && characters > 0) {
      this.#partial = false;
      tracked.taken += characters;
      const fraction = tracked.taken / Math.max(1, tracked.offer.whole.length);
      this.#add(live.decisionId, { type: 'partial', at, fraction });
    }
    if (!done) return;
    tracked.stretch = live.text.stretch;
    this.#live = undefined;
    this.#add(live.decisionId, { type: 'typed-through', at });
    this.#watchSurvival(tracked);
  }

  #endLive(type: 'superseded' | 'escaped' | 'diverged'): void {
    const live = this.#live;
    this.#live = undefined;
    this.#partial = false;
    if (live !== undefined) this.#add(live.decisionId, { type, at: this.#deps.now() });
  }

  #track(offer: OfferedText, documentId: string): void {
    const known = this.#tracked.get(offer.decisionId);
    if (known !== undefined) return;
    this.#tracked.set(offer.decisionId, {
      offer,
      documentId,
      evidence: noEvidence,
      said: undefined,
      correction: undefined,
      stretch: undefined,
      taken: 0,
      isWatched: false,
    });
    const oldest = this.#tracked.keys().next();
    if (this.#tracked.size > MAX_TRACKED && oldest.done !== true) this.#tracked.delete(oldest.value);
  }

  #shiftStretch(tracked: Tracked, changes: readonly DocumentChange[], isUndo: boolean): void {
    if (tracked.stretch === undefined) return;
    const before = tracked.stretch;
    for (const { offset, removed, text } of changes) {
      tracked.stretch = shift(tracked.stretch, { offset, removed, inserted: text.length });
    }
    const gone = before.end - before.start - (tracked.stretch.end - tracked.stretch.start);
    if (isUndo && gone >= (before.end - before.start) / 2) {
      this.#add(tracked.offer.decisionId, { type: 'undone', at: this.#deps.now() });
    }
  }

  /** An acceptance inserts the text, which looks like typing, and then runs the command: followed once. */
  #watchSurvival(tracked: Tracked): void {
    if (tracked.isWatched) return;
    tracked.isWatched = true;
    for (const after of ['30s', '5min'] as const) {
      this.#deps.timers.after(SURVIVAL_MS[after], () => this.#checkSurvival(tracked, after));
    }
  }

  #checkSurvival({ offer, documentId, stretch }: Tracked, after: SurvivalCheck): void {
    const text = stretch && this.#deps.readText(documentId, stretch.start, stretch.end);
    if (text !== undefined) {
      const event = { type: 'survival', at: this.#deps.now(), after, kept: kept(offer.whole, text) } as const;
      this.#add(offer.decisionId, event);
    }
    if (after === '5min') this.#tracked.delete(offer.decisionId);
  }

  #add(decisionId: DecisionId, event: InlineEvent): void {
    const tracked = this.#tracked.get(decisionId);
    if (tracked === undefined) return;
    tracked.evidence = gather(tracked.evidence, event);
    this.#judge(tracked);
    // Suggestions in their grace period are judged again at its end.
    if (tracked.evidence.lastEndAt !== undefined) {
      this.#deps.timers.after(DEFAULT_RULES.graceMs, () => this.#judge(tracked));
    }
  }

  #judge(tracked: Tracked): void {
    const now = verdict(tracked.evidence, this.#deps.now(), DEFAULT_RULES);
    if (now === undefined || sameVerdict(now, tracked.said)) return;
    const former = tracked.said;
    tracked.said = now;
    const { situation, decisionId } = tracked.offer;
    // Read each time, since the user may have had it forgotten.
    const baseline = decodeBaseline(this.#deps.baseline.load());
    tracked.correction ??= correctionFor(baseline, situation);
    this.#deps.baseline.save(learnBaseline(baseline, situation, now, former));
    const reward = now.reward === undefined ? undefined : corrected(now.reward, tracked.correction);
    this.#deps.learning
      .correctedOutcome(decisionId, now.kind, { reward, weight: now.weight })
      .catch((error: unknown) => this.#deps.log.error('An outcome could not be recorded', error));
    this.#deps.onVerdict(tracked.offer, now);
  }
}
