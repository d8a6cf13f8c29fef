/**
 * One edit in place, from the instruction to the last accepted or rejected hunk, and to the check of the remaining text
 * five minutes later. The answer is written into the document while it streams (editedLines.ts).
 */
import type { Arm } from '../../core/arm.ts';
import { linesOf } from '../../core/edit/lines.ts';
import type { ReviewHunk } from '../../core/edit/review.ts';
import type { Stretch, TextChange } from '../../core/inline/survival.ts';
import type { IncompleteReason } from '../ports/models.ts';
import type { Decision } from '../../core/decision.ts';
import type { AskRequest } from '../call/orders.ts';
import type { CompletionEvent } from '../call/routedCompletion.ts';
import type { TextMessage } from '../ask/assemble.ts';
import type { Problem } from '../call/problem.ts';
import type { Choice } from '../call/routing.ts';
import type { SettledCost } from '../call/settlement.ts';
import { streamTarget, targetOf, type EditPlace, type EditRefusal } from './answer.ts';
import { EditedLines } from './editedLines.ts';
import { EditOutcome } from './outcome.ts';
import type { EditSessionDeps, EditedDocument } from './ports.ts';
import { editMessages, editView, type EditTurn } from './prompt.ts';

export type EditState = 'asking' | 'reviewing' | 'over';

/** How one instruction ended. The answer's part in the document then waits for the user's decision. */
export type EditEnd =
  | { readonly kind: 'changed' | 'unchanged' | 'stopped' }
  | { readonly kind: 'incomplete'; readonly reason: IncompleteReason }
  | { readonly kind: 'refused'; readonly why: EditRefusal; readonly answer: string }
  /** The user has changed the same lines meanwhile. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'read-only' }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface EditSubject extends Pick<EditPlace, 'fileName' | 'languageId'> {
  /** Whole lines of the document. */
  readonly region: Stretch;
}

const all = (): boolean => true;

export class EditSession {
  readonly #deps: EditSessionDeps;
  readonly #subject: EditSubject;
  readonly #lines: EditedLines;
  readonly #conversationId: string;
  readonly #onChange: () => void;
  readonly #turns: EditTurn[] = [];
  #state: EditState = 'asking';
  #place: EditPlace;
  #answer = '';
  #abort = new AbortController();
  #writing: Promise<void> | undefined;
  #isStale = false;
  #outcome: EditOutcome | undefined;
  #routed: { readonly decision: Decision; readonly arm: Arm } | undefined;
  #cost: SettledCost | undefined;

  constructor(deps: EditSessionDeps, document: EditedDocument, subject: EditSubject, onChange: () => void) {
    this.#deps = deps;
    this.#subject = subject;
    this.#lines = new EditedLines(document, subject.region, onChange);
    this.#place = { ...subject, file: '' };
    this.#conversationId = deps.newId();
    this.#onChange = onChange;
  }

  get state(): EditState {
    return this.#state;
  }

  /** The present position of the edited lines. */
  get region(): Stretch {
    return this.#lines.region;
  }

  get hunks(): readonly ReviewHunk[] {
    return this.#lines.hunks;
  }

  get routed(): { readonly decision: Decision; readonly arm: Arm } | undefined {
    return this.#routed;
  }

  get cost(): SettledCost | undefined {
    return this.#cost;
  }

  /** Edits the present lines: a follow-up continues from the earlier changes. Resolves when the answer has ended. */
  async ask(instruction: string, choice: Choice): Promise<EditEnd> {
    // The decisions on the last answer are final: its pending hunks become hunks of this one.
    if (this.#state === 'reviewing') this.#outcome?.close(this.hunks);
    this.#place = { ...this.#subject, ...this.#lines.begin() };
    this.#answer = '';
    this.#cost = undefined;
    this.#state = 'asking';
    this.#abort = new AbortController();
    const messages = editMessages(this.#place, instruction, this.#turns);
    this.#turns.push({ instruction, answer: '' });
    this.#onChange();
    const end = await this.#run(messages, instruction, choice);
    await this.#writing;
    const told = await this.#ended(end);
    this.#turns[this.#turns.length - 1] = { instruction, answer: this.#answer };
    this.#lines.refresh();
    this.#state = this.#lines.pending > 0 ? 'reviewing' : 'over';
    this.#onChange();
    return told;
  }

  /**
   * Rejects the pending hunks and repeats the last instruction; the former answer gets the outcome that it did not
   * satisfy.
   */
  async askAgain(choice: Choice): Promise<EditEnd> {
    const last = this.#turns.pop();
    await this.#lines.takeBack(all);
    this.#lines.hunks = [];
    this.#outcome?.retried();
    return this.ask(last?.instruction ?? '', choice);
  }

  /** The received text stays, as changes to accept or reject. */
  stop(): void {
    this.#abort.abort();
  }

  accept(which: (hunk: ReviewHunk) => boolean = all): void {
    if (this.#state !== 'reviewing') return;
    this.#lines.hunks = this.hunks.map((hunk) =>
      hunk.state === 'pending' && which(hunk) ? { ...hunk, state: 'accepted' } : hunk,
    );
    this.#decided();
  }

  /** Number of hunks that were left because the user changed them by hand. */
  async reject(which: (hunk: ReviewHunk) => boolean = all): Promise<number> {
    if (this.#state !== 'reviewing') return 0;
    const touched = await this.#lines.takeBack(which);
    this.#decided();
    return touched;
  }

  /** Called when the document was changed otherwise. */
  changed(changes: readonly TextChange[], isUndo: boolean): void {
    const isBack = this.#lines.changed(changes, isUndo);
    if (this.#state === 'asking') {
      if (isUndo) this.stop();
      return;
    }
    if (isBack) this.#undone();
    if (isBack || this.#state !== 'over') this.#onChange();
  }

  /** The document was closed: undecided hunks stay undecided. */
  close(): void {
    this.stop();
    this.#state = 'over';
    this.#outcome?.close(this.hunks);
  }

  async #run(messages: readonly TextMessage[], instruction: string, choice: Choice): Promise<EditEnd> {
    const { signal } = this.#abort;
    const view = editView(this.#subject, instruction, messages, this.#turns.length - 1);
    const conversationId = this.#conversationId;
    const request: AskRequest = { messages, view, conversationId, choice, rewrites: true, signal };
    const stopped = new Promise<EditEnd>((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'stopped' }), { once: true });
    });
    // A stopped answer may be read to its end unseen, for its bill.
    return Promise.race([this.#read(request), stopped]);
  }

  async #read(request: AskRequest): Promise<EditEnd> {
    let end: EditEnd = { kind: 'stopped' };
    try {
      for await (const event of this.#deps.engine.run(request)) {
        if (!request.signal.aborted) end = this.#take(event) ?? end;
      }
    } catch (error) {
      this.#deps.log.error('An edit ended in an exception', error);
      end = { kind: 'failed', problem: { kind: 'internal', detail: String(error) } };
    }
    return end;
  }

  #take(event: CompletionEvent): EditEnd | undefined {
    switch (event.type) {
      case 'routed':
        this.#routed = event;
        this.#outcome = new EditOutcome(this.#deps, event.decision.id, this.#lines.read);
        this.#onChange();
        return undefined;
      case 'text':
        this.#answer += event.text;
        this.#stream();
        return undefined;
      case 'text-was-reasoning':
        this.#answer = '';
        return undefined;
      case 'reasoning':
      case 'tool-call':
        return undefined;
      case 'ended':
        this.#cost = event;
        return event.incomplete ? { kind: 'incomplete', reason: event.incomplete } : { kind: 'changed' };
      case 'failed':
        this.#cost = event.cost;
        return { kind: 'failed', problem: event.problem };
    }
  }

  /** One write at a time; the text that arrives meanwhile is in the next one. */
  #stream(): void {
    this.#isStale = true;
    if (this.#abort.signal.aborted) return;
    this.#writing ??= this.#keepUp()
      .catch((error: unknown) => this.#deps.log.error('A change could not be shown', error))
      .finally(() => (this.#writing = undefined));
  }

  async #keepUp(): Promise<void> {
    while (this.#isStale && !this.#abort.signal.aborted) {
      this.#isStale = false;
      const target = streamTarget(this.#place, this.#answer);
      // What cannot be merged now may be mergeable when the answer is complete.
      if (target && (await this.#lines.show(target)) !== 'done') return;
    }
  }

  /** The document at the end of the answer. */
  async #ended(end: EditEnd): Promise<EditEnd> {
    // Of an answer that was cut off, the shown part stays.
    if (end.kind !== 'changed') return end;
    const { file, region } = this.#place;
    const target = targetOf(this.#place, this.#answer);
    const isPlaced = target.kind === 'lines' && this.#lines.widen(this.#place, target.region);
    const shown = isPlaced ? await this.#lines.show(target.lines) : 'conflict';
    if (shown === 'done') return this.#lines.pending > 0 ? end : { kind: 'unchanged' };
    if (shown === 'refused') return { kind: 'read-only' };
    const { start, end: until } = isPlaced ? target.region : region;
    await this.#lines.show(linesOf(file.slice(start, until)), 'anyway');
    return target.kind === 'refused'
      ? { kind: 'refused', why: target.why, answer: this.#answer }
      : { kind: 'conflict' };
  }

  #decided(): void {
    if (this.#lines.pending === 0) {
      this.#state = 'over';
      this.#outcome?.decided(() => this.hunks);
    }
    this.#onChange();
  }

  #undone(): void {
    const standing = this.hunks.some(({ state }) => state !== 'rejected');
    this.#state = 'over';
    this.#lines.hunks = [];
    if (standing) this.#outcome?.undone();
  }
}
