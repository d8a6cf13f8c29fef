/**
 * The lines of a document that an edit changes, while the user and others change the document too. `changed` reports
 * other changes, which are never overwritten: each write is a change of the lines as this side last knew them, merged
 * with the other changes, or it is refused.
 */
import { merge } from '../../core/edit/hunks.ts';
import { linesOf, replacementFor, type LineReplacement } from '../../core/edit/lines.ts';
import { moved, reviewOf, takeBack, textBefore, type ReviewHunk } from '../../core/edit/review.ts';
import { shift, type Stretch, type TextChange } from '../../core/inline/survival.ts';
import type { EditPlace } from './answer.ts';
import type { EditedDocument } from './ports.ts';

export type Shown = 'done' | 'conflict' | 'refused';

/** The longest wait for a pause in the typing before a write. */
const MOST_TRIES = 50;
/** Number of remembered writes of one answer. */
const MOST_TEXTS = 200;

export class EditedLines {
  readonly #document: EditedDocument;
  readonly #onChange: () => void;
  #region: Stretch;
  /** The lines at the time of the request. */
  #original: readonly string[] = [];
  /** The answer's part of the document's present lines; the rest are other changes. */
  #shown: readonly string[] = [];
  #hunks: readonly ReviewHunk[] = [];
  /** Whether the last undo step is still this side's own. */
  #isOwnStep = false;
  /** The texts after this side's writes since the last other change, the latest last. */
  #ownTexts: readonly string[] = [];
  /** The lines that an undo of everything restores. */
  #undoText = '';

  constructor(document: EditedDocument, region: Stretch, onChange: () => void) {
    this.#document = document;
    this.#region = region;
    this.#onChange = onChange;
  }

  /** Their present position. */
  get region(): Stretch {
    return this.#region;
  }

  get hunks(): readonly ReviewHunk[] {
    return this.#hunks;
  }

  set hunks(hunks: readonly ReviewHunk[]) {
    this.#hunks = hunks;
    this.#undoText = textBefore(hunks, this.#region, this.read);
  }

  get pending(): number {
    return this.#hunks.filter(({ state }) => state === 'pending').length;
  }

  readonly read = (start: number, end: number): string => this.#document.text().slice(start, end);

  /** Starts a new answer on the lines as they are now; for a follow-up, `#original` is without the pending hunks. */
  begin(): { readonly file: string; readonly region: Stretch } {
    const pending = this.#hunks.filter(({ state }) => state === 'pending');
    this.#original = linesOf(textBefore(pending, this.#region, this.read));
    this.#shown = this.#present();
    return { file: this.#document.text(), region: this.#region };
  }

  /** Called for other changes; true = an undo restored the original. */
  changed(changes: readonly TextChange[], isUndo: boolean): boolean {
    const wasOutside = changes.every(
      (change) => isOutside(this.#region, change) && !(isUndo && isWithin(this.#region, change)),
    );
    for (const change of changes) {
      this.#region = isUndo ? around(this.#region, change) : shift(this.#region, change);
      this.#hunks = moved(this.#hunks, change);
    }
    this.#isOwnStep = false;
    if (!isUndo || wasOutside) this.#ownTexts = [];
    if (isUndo) return this.#isBack();
    if (!wasOutside) this.hunks = this.#hunks;
    return false;
  }

  /** The editor ends an undo step when the cursor moves; one undo still reverts all steps of an edit. */
  #isBack(): boolean {
    if (this.#hunks.length === 0) return false;
    const present = this.#present().join('');
    if (present === this.#undoText) return true;
    const at = this.#ownTexts.lastIndexOf(present);
    this.#ownTexts = this.#ownTexts.slice(0, Math.max(0, at));
    if (at >= 0) void this.#document.undo();
    return false;
  }

  /** The changes are determined again from the document's text. */
  refresh(): void {
    const present = this.#present();
    const before = merge(this.#shown, present, this.#original).lines;
    this.hunks = reviewOf(this.#region.start, before, present);
  }

  /**
   * Writes the lines into the document, merged with the other changes since.
   *
   * @param how `anyway`: except for lines that were changed otherwise
   */
  async show(target: readonly string[], how?: 'anyway'): Promise<Shown> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const present = this.#present();
      const { lines, conflict } = merge(this.#shown, target, present);
      if (conflict && how === undefined) return 'conflict';
      const replacement = replacementFor(this.#region.start, present, lines);
      // Where other changes touch lines of the answer, they are merged with it.
      const before = merge(this.#shown, present, this.#original).lines;
      const applied = (): void => {
        this.#shown = target;
        if (replacement) this.#wrote([replacement]);
        this.hunks = reviewOf(this.#region.start, before, lines);
        this.#onChange();
      };
      if (!replacement) {
        applied();
        return 'done';
      }
      const written = await this.#document.write([replacement], this.#isOwnStep, applied);
      if (written !== 'changed') return written;
    }
    return 'conflict';
  }

  /** The answer changes more than the requested lines: possible while those are unchanged. */
  widen({ file, region }: EditPlace, { start, end }: Stretch): boolean {
    const [above, below] = [file.slice(start, region.start), file.slice(region.end, end)];
    const from = this.#region.start - above.length;
    const to = this.#region.end + below.length;
    const stands = this.read(from, this.#region.start) === above && this.read(this.#region.end, to) === below;
    if (from < 0 || !stands) return false;
    const wider = (lines: readonly string[]): readonly string[] => linesOf(above + lines.join('') + below);
    this.#original = wider(this.#original);
    this.#shown = wider(this.#shown);
    this.#region = { start: from, end: to };
    return true;
  }

  /** Number of pending hunks that were left because they were changed by hand, or cannot be written. */
  async takeBack(which: (hunk: ReviewHunk) => boolean): Promise<number> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { replacements, hunks, touched } = takeBack(this.#hunks, which, this.read);
      if (replacements.length === 0) return touched;
      const written = await this.#document.write(replacements, this.#isOwnStep, () => {
        this.#wrote(replacements);
        this.hunks = hunks;
      });
      if (written === 'done') return touched;
      if (written === 'refused') return touched + replacements.length;
    }
    return this.pending;
  }

  #present(): readonly string[] {
    return linesOf(this.read(this.#region.start, this.#region.end));
  }

  /** `changed` does not report own changes. */
  #wrote(replacements: readonly LineReplacement[]): void {
    this.#isOwnStep = true;
    const grown = replacements.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
    this.#region = { start: this.#region.start, end: this.#region.end + grown };
    this.#ownTexts = [...this.#ownTexts, this.#present().join('')].slice(-MOST_TEXTS);
  }
}

/** Includes changes at its ends. */
const isWithin = ({ start, end }: Stretch, { offset, removed }: TextChange): boolean =>
  start <= offset && offset + removed <= end;

const isOutside = ({ start, end }: Stretch, { offset, removed }: TextChange): boolean =>
  offset + removed <= start || end <= offset;

/** An undo also restores lines at the ends of the stretch, and they belong to it. */
function around(stretch: Stretch, change: TextChange): Stretch {
  const { removed, inserted } = change;
  return isWithin(stretch, change)
    ? { start: stretch.start, end: stretch.end + inserted - removed }
    : shift(stretch, change);
}
