/**
 * The inline use case: from a place in a document to what is suggested there. In order: not here -> from the cache
 * -> from the request that runs already -> wait until the typing pauses -> the local model -> route and stream.
 * One request runs for each document; a new one ends the old one, down to the socket.
 */
import type { ArmId } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import { CompletionCache } from '../../core/inline/completionCache.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import { debounceMs, initialDebounce, keystroke } from '../../core/inline/debounce.ts';
import { wantsMultiline } from '../../core/inline/multiline.ts';
import { postProcess } from '../../core/inline/postProcess.ts';
import { remainder } from '../../core/inline/reuse.ts';
import { mustSkip, skipReason, unwise } from '../../core/inline/skip.ts';
import type { SkipInput, SkipReason } from '../../core/inline/skip.ts';
import { extendBurst, stickyArm } from '../../core/inline/stickiness.ts';
import type { Burst } from '../../core/inline/stickiness.ts';
import { createStreamGate } from '../../core/inline/streamGate.ts';
import { holdsPrivateKey, isSecretFile } from '../ask/secretFiles.ts';
import type { Problem } from '../call/problem.ts';
import { Eligibility } from './eligibility.ts';
import { followExclusions } from './exclusion.ts';
import type { Place } from './eligibility.ts';
import type { InlineDeps } from './ports.ts';
import { askLocal, inlineOrder, promptTokens } from './order.ts';
import type { InlineRequest } from './request.ts';
import { Running } from './running.ts';
import type { RunEnd } from './running.ts';
import { makeOffer, suggestionAt } from './suggestion.ts';
import type { Offer, Suggestion } from './suggestion.ts';

/** What the last call came to; for the status bar, the log and the benchmark. */
export type Source = 'skipped' | 'cache' | 'joined' | 'local' | 'remote' | 'cancelled' | 'nothing';

export interface Completed {
  readonly suggestions: readonly Suggestion[];
  readonly source: Source;
  readonly skipped: SkipReason | undefined;
}

interface StartOptions {
  /** What the local model says, '' = nothing. */
  readonly local: string;
  readonly taken: readonly ArmId[];
  readonly localOnly?: boolean;
}

/** Candidates for somebody who cycles: each from another arm. */
const CANDIDATES = 3;
const nothing = (source: Source, skipped?: SkipReason): Completed => ({ suggestions: [], source, skipped });

export class InlineCompleter {
  readonly #deps: InlineDeps;
  readonly #eligibility: Eligibility;
  readonly #cache = new CompletionCache<Offer>();
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

  /** The user typed so many characters by hand. */
  typed(characters: number): void {
    this.#debounce = keystroke(this.#debounce, this.#deps.now());
    this.#eligibility.typed(characters);
    this.#justAccepted = undefined;
  }

  accepted(documentId: string, { decisionId, whole }: Offer): void {
    if (!whole.includes('\n')) this.#justAccepted = documentId;
    this.#cache.forget((offer) => offer.decisionId === decisionId);
  }

  /** Not to be offered again, and the burst's model may change. */
  rejected(decisionId: Offer['decisionId']): void {
    this.#burst = undefined;
    this.#cache.forget((offer) => offer.decisionId === decisionId);
  }

  /** Switched off, or the document was closed: nothing may go on running. */
  stop(documentId?: string): void {
    for (const [id, running] of this.#running)
      if (documentId === undefined || id === documentId) running.abort();
    if (documentId === undefined) this.#cache.clear();
  }

  async complete(request: InlineRequest, signal: AbortSignal): Promise<Completed> {
    const facts = this.#facts(request);
    const forbidden = mustSkip(facts);
    if (forbidden !== undefined) return nothing('skipped', forbidden);
    const cursor = withSelected(request);
    if (request.explicit) return this.#candidates(request, cursor, signal);
    const cached = this.#cached(request, cursor);
    if (cached !== undefined) return { suggestions: [cached], source: 'cache', skipped: undefined };
    const joined = this.#running.get(request.documentId)?.joins(cursor);
    if (joined !== undefined) return this.#join(request, cursor, signal);
    this.#running.get(request.documentId)?.abort();
    const skipped = unwise(facts);
    return skipped === undefined ? this.#fresh(request, cursor, signal) : nothing('skipped', skipped);
  }

  /**
   * After an accepted line: the answer for the line below is fetched while the user reads. `request.cursor` is where
   * the cursor will be.
   */
  async prefetch(request: InlineRequest): Promise<void> {
    const facts = this.#facts(request);
    if (skipReason(facts) !== undefined || this.#cached(request, request.cursor) !== undefined) return;
    const local = await this.#askLocal(request.cursor);
    this.#running.get(request.documentId)?.abort();
    await this.#start(request, request.cursor, { local, taken: [] })?.result;
  }

  #facts(request: InlineRequest): SkipInput {
    const settings = this.#deps.settings();
    return {
      ...request,
      enabled: settings.enabled,
      languages: settings.languages,
      secret: isSecret(request),
      excluded: [request.path, request.realPath ?? ''].some((path) => this.#isExcluded(path)),
      justAcceptedLine: this.#justAccepted === request.documentId,
    };
  }

  #cached(request: InlineRequest, cursor: CursorText): Suggestion | undefined {
    const hit = this.#cache.get(request.documentId, cursor);
    return hit && suggestionAt(hit.tag, hit.text, cursor);
  }

  async #join(request: InlineRequest, cursor: CursorText, signal: AbortSignal): Promise<Completed> {
    await this.#running.get(request.documentId)?.wait(signal);
    if (signal.aborted) return nothing('cancelled');
    // The answer is in the cache for the place it was asked for; here its rest is taken.
    const rest = this.#cached(request, cursor);
    return rest === undefined
      ? nothing('nothing')
      : { suggestions: [rest], source: 'joined', skipped: undefined };
  }

  async #fresh(request: InlineRequest, cursor: CursorText, signal: AbortSignal): Promise<Completed> {
    // Asked while the typing may go on: it costs nothing, and then it is there at once.
    const asking = this.#askLocal(cursor);
    if (!(await this.#pause(request, cursor, signal))) return nothing('cancelled');
    const local = await asking;
    const running = this.#start(request, cursor, { local, taken: [] });
    const answer = await running?.wait(signal);
    if (isAborted(signal)) return nothing('cancelled');
    const taken = armsOf(await running?.routed);
    // Offline, at the limit, or an answer not worth showing: what costs nothing and is there goes on.
    const suggestion =
      answer ?? (await this.#start(request, cursor, { local, taken, localOnly: true })?.wait(signal));
    if (isAborted(signal)) return nothing('cancelled');
    if (suggestion === undefined) return nothing('nothing');
    const source = suggestion.offer.arm.capabilities.fim === 'local' ? 'local' : 'remote';
    return { suggestions: [suggestion], source, skipped: undefined };
  }

  /** Each candidate from another arm; one decision each, so that each is learnt from. */
  async #candidates(request: InlineRequest, cursor: CursorText, signal: AbortSignal): Promise<Completed> {
    const cached = this.#cached(request, cursor);
    const taken: ArmId[] = cached === undefined ? [] : [cached.offer.arm.id];
    const local = await this.#askLocal(cursor);
    const found: Promise<Suggestion | undefined>[] = [];
    this.#running.get(request.documentId)?.abort();
    while (taken.length < CANDIDATES && !signal.aborted) {
      const running = this.#start(request, cursor, { local, taken: [...taken] });
      const decision = await running?.routed;
      if (running === undefined || decision === undefined) break;
      taken.push(decision.chosen);
      found.push(running.wait(signal));
    }
    const fresh = (await Promise.all(found)).filter((each) => each !== undefined);
    const suggestions = distinct(cached === undefined ? fresh : [cached, ...fresh]);
    return { suggestions, source: suggestions.length > 0 ? 'remote' : 'nothing', skipped: undefined };
  }

  #askLocal(cursor: CursorText): Promise<string> {
    return this.#deps.settings().local ? askLocal(this.#deps.local, cursor) : Promise.resolve('');
  }

  /** Waits for the typing to pause; false = the editor asked anew meanwhile. */
  #pause(request: InlineRequest, cursor: CursorText, signal: AbortSignal): Promise<boolean> {
    const { debounceMs: bounds } = this.#deps.settings();
    const last = stickyArm(this.#burst, request.documentId, this.#deps.now());
    const expected = last === undefined ? 0 : this.#eligibility.expectedMs(last, promptTokens(cursor));
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
    request: InlineRequest,
    cursor: CursorText,
    { local, taken, localOnly = false }: StartOptions,
  ): Running | undefined {
    const { now, timers, engine, arms } = this.#deps;
    const place: Place = {
      tokens: promptTokens(cursor),
      explicit: request.explicit,
      localHasAnswer: local !== '',
      taken,
      localOnly,
    };
    if (!arms().some((arm) => this.#eligibility.exclusion(arm, place) === undefined)) return undefined;
    const multiline = this.#isMultiline(request, cursor);
    const sticky = request.explicit ? undefined : stickyArm(this.#burst, request.documentId, now());
    const input = { request, cursor, multiline, localText: local, place, sticky };
    const order = inlineOrder(this.#deps, this.#eligibility, input);
    const running: Running = new Running(
      {
        documentId: request.documentId,
        cursor,
        gate: createStreamGate({ ...request, cursor, multiline }),
        formatOf: (arm) => this.#eligibility.formatOf(arm),
        timers,
        now,
        finish: (end) => this.#finish(running, request, cursor, end),
        onError: (error) => this.#deps.log.error('An inline request did not end well', error),
      },
      (signal) => engine.run({ ...order, signal }),
    );
    if (taken.length === 0 || localOnly) this.#running.set(request.documentId, running);
    void running.routed.then((decision) => this.#routed(request.documentId, decision?.chosen));
    return running;
  }

  #routed(documentId: string, armId: ArmId | undefined): void {
    const arm = this.#deps.arms().find(({ id }) => id === armId);
    if (arm === undefined) return;
    this.#eligibility.sent(arm);
    this.#burst = extendBurst(this.#burst, documentId, arm.id, this.#deps.now());
  }

  /** From a finished request to a suggestion, in the cache for who comes next. */
  #finish(
    running: Running,
    request: InlineRequest,
    cursor: CursorText,
    end: RunEnd | Problem | undefined,
  ): Suggestion | undefined {
    if (this.#running.get(request.documentId) === running) this.#running.delete(request.documentId);
    if (end === undefined) return undefined;
    if ('decision' in end) return this.#processed(end, request, cursor);
    this.#deps.onProblem(end);
    return undefined;
  }

  #processed(end: RunEnd, request: InlineRequest, cursor: CursorText): Suggestion | undefined {
    const { decision, arm, format } = end;
    if (format.transport !== 'local') this.#eligibility.answered(arm, promptTokens(cursor), end.tookMs);
    const multiline = this.#isMultiline(request, cursor);
    const processed = postProcess(end.raw, { ...request, cursor, format, multiline, atCap: end.atCap });
    this.#eligibility.judged(arm.id, processed.ok || processed.error === 'empty');
    if (!processed.ok) return undefined;
    const offer = makeOffer(decision.id, arm, processed.value, { cursor, languageId: request.languageId });
    this.#cache.put(request.documentId, cursor, { text: processed.value, tag: offer });
    return suggestionAt(offer, processed.value, cursor);
  }

  #isMultiline({ languageId, explicit, tabSize }: InlineRequest, cursor: CursorText): boolean {
    return wantsMultiline({
      cursor,
      languageId,
      explicit,
      tabSize,
      setting: this.#deps.settings().multiline,
    });
  }
}

const armsOf = (decision: Decision | undefined): readonly ArmId[] =>
  decision === undefined ? [] : [decision.chosen];

/**
 * By the path within the workspace and by the whole one: with `~/.aws` open as a folder, `config` alone says nothing.
 * And whatever the name, no text goes out that has a private key in it.
 */
const isSecret = ({ path, realPath = '', documentId, cursor }: InlineRequest): boolean =>
  isSecretFile(path) ||
  isSecretFile(realPath) ||
  isSecretFile(documentId.split(/[?#]/, 1)[0] ?? '') ||
  holdsPrivateKey(cursor.prefix + cursor.suffix);

/** Behind a call, because it changes while one waits, which the compiler cannot see. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** The document as it will be once the selected list item is in: only suggestions that go on from it are shown. */
function withSelected({ cursor, selected }: InlineRequest): CursorText {
  if (selected === undefined) return cursor;
  return { ...cursor, prefix: cursor.prefix + (remainder(selected.text, selected.typed) ?? '') };
}

function distinct(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ text }) => !seen.has(text) && seen.add(text));
}
