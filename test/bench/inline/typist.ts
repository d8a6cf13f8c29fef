/**
 * A simulated person at the keyboard, with the editor between the person and the pipeline: types a source character by
 * character with pauses and errors, reads a suggestion when there is time, and accepts it or types on.
 */
import type { InlineCompleter, CompletionSource as Outcome } from '../../../src/app/inline/completer.ts';
import type { OutcomeTracker } from '../../../src/app/inline/outcomeTracker.ts';
import type { Suggestion } from '../../../src/app/inline/suggestion.ts';
import { cursorText } from '../../../src/core/inline/cursorText.ts';
import { hiddenSkill, practiceModelIds } from '../../fakes/practice/skill.ts';
import type { Source } from './sources.ts';

export interface Tally {
  keys: number;
  calls: number;
  shown: number;
  readonly offered: Set<string>;
  readonly accepted: Set<string>;
  readonly outcomes: Record<Outcome, number>;
  /** Milliseconds of real time from the end of the pause in typing (from the call, for the cache) to the suggestion. */
  readonly showMs: { readonly cache: number[]; readonly local: number[] };
}

export const newTally = (): Tally => ({
  keys: 0,
  calls: 0,
  shown: 0,
  offered: new Set(),
  accepted: new Set(),
  outcomes: { skipped: 0, cache: 0, joined: 0, local: 0, remote: 0, cancelled: 0, nothing: 0 },
  showMs: { cache: [], local: [] },
});

export interface TypistDeps {
  readonly completer: InlineCompleter;
  readonly tracker: OutcomeTracker;
  readonly random: () => number;
  /** Waits in the replay's time. */
  readonly pause: (ms: number) => Promise<void>;
  /** Called around each key. */
  readonly onKey: () => void;
  readonly stopwatch: Stopwatch;
  readonly tally: Tally;
  readonly maxKeys: number;
}

/** Measures the pipeline's part between a call and its answer. */
export interface Stopwatch {
  /** Call it right before the pipeline; the returned function gives the wait since the pause in typing ended. */
  start(): (source: Outcome) => number | undefined;
}

/** Milliseconds to read a suggestion and press Tab. */
const READING_MS = 350;
const WINDOW = 24_000;

export class Typist {
  readonly #deps: TypistDeps;
  #source: Source | undefined;
  #before = '';
  /** Number of characters above the text in `#before`. */
  #offset = 0;
  #shown: Suggestion | undefined;
  #aborter = new AbortController();

  constructor(deps: TypistDeps) {
    this.#deps = deps;
  }

  async type(source: Source): Promise<void> {
    const { tally, maxKeys, tracker, completer } = this.#deps;
    this.#source = source;
    this.#before = source.above;
    this.#offset = source.aboveChars - this.#before.length;
    for (let at = 0; at < source.text.length && tally.keys < maxKeys;) {
      at += await this.#step(source.text, at);
    }
    this.#aborter.abort();
    tracker.closed(source.path);
    completer.stop(source.path);
  }

  /** Types one key, or accepts one suggestion; returns the number of characters of the source that this added. */
  async #step(text: string, at: number): Promise<number> {
    const key = text.charAt(at);
    if (this.#deps.random() < 0.02 && /\w/.test(key)) await this.#slip();
    // The editor indents a new line itself.
    const brings = key === '\n' ? (/^\n[ \t]*/.exec(text.slice(at))?.[0] ?? key) : key;
    this.#key(brings);
    await this.#deps.pause(this.#interval(text, at + brings.length));
    const rest = text.slice(at + brings.length);
    const accepted = await this.#consider(rest);
    return brings.length + accepted;
  }

  async #slip(): Promise<void> {
    this.#key('q');
    await this.#deps.pause(250);
    this.#change(this.#end - 1, 1, '');
    this.#ask();
    await this.#deps.pause(150);
  }

  /** Lognormal around 150 ms; longer for a thought at the end of a line and after an opening bracket. */
  #interval(text: string, next: number): number {
    const { random } = this.#deps;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const key = 150 * Math.exp(0.35 * normal);
    const last = text.slice(0, next).trimEnd().at(-1) ?? '';
    const thinks =
      text.charAt(next) === '\n' || text.charAt(next - 1) === '\n'
        ? 0.35
        : '({=.,'.includes(last)
          ? 0.2
          : 0.02;
    return random() < thinks ? key + 500 + 1200 * random() : key;
  }

  #key(text: string): void {
    this.#deps.onKey();
    this.#deps.tally.keys += 1;
    this.#change(this.#end, 0, text);
    this.#deps.completer.typed(1);
    this.#ask();
  }

  #change(offset: number, removed: number, text: string): void {
    const at = offset - this.#offset;
    this.#before = this.#before.slice(0, at) + text;
    if (this.#before.length > 2 * WINDOW) {
      this.#offset += this.#before.length - WINDOW;
      this.#before = this.#before.slice(-WINDOW);
    }
    this.#deps.tracker.changed(this.#path, [{ offset, removed, text }], false);
    this.#shown = undefined;
  }

  get #end(): number {
    return this.#offset + this.#before.length;
  }

  get #path(): string {
    return this.#source?.path ?? '';
  }

  /** Like VS Code: cancels the previous call and makes a new one. */
  #ask(): void {
    const { completer, tally, tracker, stopwatch } = this.#deps;
    const { languageId = '' } = this.#source ?? {};
    this.#aborter.abort();
    const aborter = new AbortController();
    this.#aborter = aborter;
    tally.calls += 1;
    const request = {
      documentId: this.#path,
      path: this.#path,
      languageId,
      scheme: 'file',
      cursor: cursorText(this.#before.slice(-WINDOW), '\n'),
      cursors: 1,
      tabSize: 2,
      insertSpaces: languageId !== 'go',
      explicit: false,
      selected: undefined,
    };
    const stop = stopwatch.start();
    void completer.complete(request, aborter.signal).then(({ suggestions, source }) => {
      tally.outcomes[source] += 1;
      const waited = stop(source);
      if (waited !== undefined && (source === 'cache' || source === 'local'))
        tally.showMs[source].push(waited);
      const [first] = suggestions;
      if (aborter.signal.aborted || first === undefined) return;
      this.#shown = first;
      tally.shown += 1;
      tally.offered.add(first.offer.decisionId);
      tracker.shown(this.#path, this.#end, first);
    });
  }

  /** Reads the suggestion, and accepts it or not; returns the number of characters of the source that this added. */
  async #consider(rest: string): Promise<number> {
    const suggestion = this.#shown;
    if (suggestion === undefined || this.#deps.random() < 0.3) return 0;
    await this.#deps.pause(READING_MS);
    const fits = rest.startsWith(suggestion.text);
    if (this.#shown !== suggestion || this.#deps.random() >= this.#chance(suggestion, fits)) return 0;
    const { tracker, completer, tally } = this.#deps;
    const { offer, text } = suggestion;
    tally.accepted.add(offer.decisionId);
    this.#change(this.#end, 0, text);
    tracker.accepted(offer.decisionId, this.#end);
    completer.accepted(this.#path, offer);
    if (fits) return text.length;
    // An accepted text that differs from the source stays elsewhere: the replay continues with its own text.
    this.#before = this.#before.slice(0, -text.length);
    return 0;
  }

  /** A person keeps correct text, and plausible text with the probability of the model's hidden skill. */
  #chance({ offer: { arm } }: Suggestion, fits: boolean): number {
    if (fits) return 0.95;
    const practice = practiceModelIds.find((id) => id === arm.model);
    return practice === undefined ? 0 : hiddenSkill(practice, this.#source?.languageId ?? '', 'complete');
  }
}
