/**
 * The inline use case: from a place in a document to its suggestion. The steps: rules against a suggestion -> the cache
 * -> the running request -> a pause in the typing -> the local model -> route and stream. One request runs for each
 * document; a new one ends the old one and closes its socket.
 */
import type { ArmId } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import { CompletionCache } from '../../core/inline/completionCache.ts';
import { debounceMs, initialDebounce, keystroke } from '../../core/inline/debounce.ts';
import { postProcess } from '../../core/inline/postProcess.ts';
import type { SkipReason } from '../../core/inline/skip.ts';
import { extendBurst, stickyArm } from '../../core/inline/stickiness.ts';
import type { Burst } from '../../core/inline/stickiness.ts';
import { createStreamGate } from '../../core/inline/streamGate.ts';
import type { Problem } from '../call/problem.ts';
import { Eligibility } from './eligibility.ts';
import { followExclusions } from './exclusion.ts';
import { keystrokeOf, type Keystroke, type Try } from './keystroke.ts';
import type { InlineDeps } from './ports.ts';
import { askLocal, orderOfTry } from './order.ts';
import type { InlineRequest } from './request.ts';
import { Running } from './running.ts';
import type { RunEnd } from './running.ts';
import { makeOffer, suggestionAt } from './suggestion.ts';
import type { OfferedText, Suggestion } from './suggestion.ts';

/** The result of the last call, for the status bar, the log and the benchmark. */
export type CompletionSource = 'skipped' | 'cache' | 'joined' | 'local' | 'remote' | 'cancelled' | 'nothing';

export interface Completed {
  readonly suggestions: readonly Suggestion[];
  readonly source: CompletionSource;
  readonly skipped: SkipReason | undefined;
}

/** Candidates for a user who cycles: each from another arm. */
const CANDIDATES = 3;
const nothing = (source: CompletionSource, skipped?: SkipReason): Completed => ({
  suggestions: [],
  source,
  skipped,
});

export class InlineCompleter {
  readonly #deps: InlineDeps;
  readonly #eligibility: Eligibility;
  readonly #cache = new CompletionCache<OfferedText>();
  readonly #running = new Map<string, Running>();
  readonly #isExcluded: (path: string) => boolean;
  #debounce = initialDebounce;
  #burst: Burst | undefined;
  #justAccepted: string | undefined;

  constructor(deps: InlineDeps) {
    this.#deps = deps;
    this.#eligibility = new Eligibility(deps);
    this.#isExcluded = followExclusions(() => deps.settings().excludedFiles);
  }

  /** `characters`: number of characters that the user typed by hand. */
  typed(characters: number): void {
    this.#debounce = keystroke(this.#debounce, this.#deps.now());
    this.#eligibility.typed(characters);
    this.#justAccepted = undefined;
  }

  accepted(documentId: string, { decisionId, whole }: OfferedText): void {
    if (!whole.includes('\n')) this.#justAccepted = documentId;
    this.#cache.forget((offer) => offer.decisionId === decisionId);
  }

  /** The suggestion is not offered again, and the burst's model may change. */
  rejected(decisionId: OfferedText['decisionId']): void {
    this.#burst = undefined;
    this.#cache.forget((offer) => offer.decisionId === decisionId);
  }

  /** Completions were switched off, or the document was closed: ends what runs. */
  stop(documentId?: string): void {
    for (const [id, running] of this.#running)
      if (documentId === undefined || id === documentId) running.abort();
    if (documentId === undefined) this.#cache.clear();
  }

  async complete(request: InlineRequest, signal: AbortSignal): Promise<Completed> {
    const at = this.#keystroke(request);
    if (at.forbidden !== undefined) return nothing('skipped', at.forbidden);
    if (at.explicit) return this.#candidates(at, signal);
    const cached = this.#cached(at);
    if (cached !== undefined) return { suggestions: [cached], source: 'cache', skipped: undefined };
    const joined = this.#running.get(at.documentId)?.joins(at.cursor);
    if (joined !== undefined) return this.#join(at, signal);
    this.#running.get(at.documentId)?.abort();
    const skipped = at.unwise;
    return skipped === undefined ? this.#fresh(at, signal) : nothing('skipped', skipped);
  }

  /**
   * After an accepted line: requests the answer for the line below while the user reads. `request.cursor`: the cursor's
   * coming position.
   */
  async prefetch(request: InlineRequest): Promise<void> {
    const at = this.#keystroke(request);
    if ((at.forbidden ?? at.unwise) !== undefined || this.#cached(at) !== undefined) return;
    const localText = await this.#askLocal(at);
    this.#running.get(at.documentId)?.abort();
    await this.#start(at, { localText, taken: [] })?.result;
  }

  #keystroke(request: InlineRequest): Keystroke {
    return keystrokeOf(request, this.#deps.settings(), {
      excluded: [request.path, request.realPath ?? ''].some((path) => this.#isExcluded(path)),
      justAcceptedLine: this.#justAccepted === request.documentId,
    });
  }

  #cached({ documentId, cursor }: Keystroke): Suggestion | undefined {
    const hit = this.#cache.get(documentId, cursor);
    return hit && suggestionAt(hit.tag, hit.text, cursor);
  }

  async #join(at: Keystroke, signal: AbortSignal): Promise<Completed> {
    await this.#running.get(at.documentId)?.wait(signal);
    if (signal.aborted) return nothing('cancelled');
    // The cache has the answer for the place of its request; here the rest after the typed text is taken.
    const rest = this.#cached(at);
    return rest === undefined
      ? nothing('nothing')
      : { suggestions: [rest], source: 'joined', skipped: undefined };
  }

  async #fresh(at: Keystroke, signal: AbortSignal): Promise<Completed> {
    // Asked while the user may still type, since it is free and then ready at once.
    const asking = this.#askLocal(at);
    if (!(await this.#pause(at, signal))) return nothing('cancelled');
    const localText = await asking;
    const running = this.#start(at, { localText, taken: [] });
    const answer = await running?.wait(signal);
    if (isAborted(signal)) return nothing('cancelled');
    const taken = armsOf(await running?.routed);
    // Offline, at the limit, or without a useful answer: a free suggestion at hand is shown.
    const suggestion = answer ?? (await this.#start(at, { localText, taken, localOnly: true })?.wait(signal));
    if (isAborted(signal)) return nothing('cancelled');
    if (suggestion === undefined) return nothing('nothing');
    const source = suggestion.offer.arm.capabilities.fim === 'local' ? 'local' : 'remote';
    return { suggestions: [suggestion], source, skipped: undefined };
  }

  /** Each candidate is from another arm and has a decision of its own, so that each is learned from. */
  async #candidates(at: Keystroke, signal: AbortSignal): Promise<Completed> {
    const cached = this.#cached(at);
    const taken: ArmId[] = cached === undefined ? [] : [cached.offer.arm.id];
    const localText = await this.#askLocal(at);
    const found: Promise<Suggestion | undefined>[] = [];
    this.#running.get(at.documentId)?.abort();
    while (taken.length < CANDIDATES && !signal.aborted) {
      const running = this.#start(at, { localText, taken: [...taken] });
      const decision = await running?.routed;
      if (running === undefined || decision === undefined) break;
      taken.push(decision.chosen);
      found.push(running.wait(signal));
    }
    const fresh = (await Promise.all(found)).filter((each) => each !== undefined);
    const suggestions = distinct(cached === undefined ? fresh : [cached, ...fresh]);
    return { suggestions, source: suggestions.length > 0 ? 'remote' : 'nothing', skipped: undefined };
  }

  #askLocal({ cursor }: Keystroke): Promise<string> {
    return this.#deps.settings().local ? askLocal(this.#deps.local, cursor) : Promise.resolve('');
  }

  /** Waits for a pause in the typing; false = the editor asked again meanwhile. */
  #pause({ documentId, tokens }: Keystroke, signal: AbortSignal): Promise<boolean> {
    const { debounceMs: bounds } = this.#deps.settings();
    const last = stickyArm(this.#burst, documentId, this.#deps.now());
    const expected = last === undefined ? 0 : this.#eligibility.expectedMs(last, tokens);
    const wait = debounceMs(this.#debounce, expected, { minMs: bounds.min, maxMs: bounds.max });
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      const timer = this.#deps.timers.after(wait, () => resolve(!signal.aborted));
      const giveUp = (): void => {
        timer.dispose();
        resolve(false);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #start(
    at: Keystroke,
    {
      localText,
      taken,
      localOnly = false,
    }: Pick<Try, 'localText' | 'taken'> & Partial<Pick<Try, 'localOnly'>>,
  ): Running | undefined {
    const { now, timers, engine, arms } = this.#deps;
    const { documentId } = at;
    const sticky = at.explicit ? undefined : stickyArm(this.#burst, documentId, now());
    const asked: Try = { ...at, localText, taken, localOnly, sticky };
    if (!arms().some((arm) => this.#eligibility.exclusion(arm, asked) === undefined)) return undefined;
    const order = orderOfTry(this.#deps, this.#eligibility, asked);
    const running: Running = new Running(
      {
        ...asked,
        gate: createStreamGate(asked),
        formatOf: (arm) => this.#eligibility.formatOf(arm),
        timers,
        now,
        finish: (end) => this.#finish(running, asked, end),
        onError: (error) => this.#deps.log.error('An inline request did not end well', error),
      },
      (signal) => engine.run({ ...order, signal }),
    );
    if (taken.length === 0 || localOnly) this.#running.set(documentId, running);
    void running.routed.then((decision) => this.#routed(documentId, decision?.chosen));
    return running;
  }

  #routed(documentId: string, armId: ArmId | undefined): void {
    const arm = this.#deps.arms().find(({ id }) => id === armId);
    if (arm === undefined) return;
    this.#eligibility.sent(arm);
    this.#burst = extendBurst(this.#burst, documentId, arm.id, this.#deps.now());
  }

  /** Turns a finished request into a suggestion, and puts it into the cache. */
  #finish(running: Running, asked: Try, end: RunEnd | Problem | undefined): Suggestion | undefined {
    if (this.#running.get(asked.documentId) === running) this.#running.delete(asked.documentId);
    if (end === undefined) return undefined;
    if ('decision' in end) return this.#processed(end, asked);
    this.#deps.onProblem(end);
    return undefined;
  }

  #processed({ decision, arm, format, raw, atCap, tookMs }: RunEnd, asked: Try): Suggestion | undefined {
    const { documentId, cursor } = asked;
    if (format.transport !== 'local') this.#eligibility.answered(arm, asked.tokens, tookMs);
    const processed = postProcess(raw, { ...asked, format, atCap });
    this.#eligibility.judged(arm.id, processed.ok || processed.error === 'empty');
    if (!processed.ok) return undefined;
    const offer = makeOffer(decision.id, arm, processed.value, asked);
    this.#cache.put(documentId, cursor, { text: processed.value, tag: offer });
    return suggestionAt(offer, processed.value, cursor);
  }
}

const armsOf = (decision: Decision | undefined): readonly ArmId[] =>
  decision === undefined ? [] : [decision.chosen];

/** A function call, since the value changes during a wait, which the compiler cannot see. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function distinct(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ text }) => !seen.has(text) && seen.add(text));
}
