/**
 * The lines of a document that an edit changes, while others change the document too. What somebody else typed is told by
 * `changed` and is never written over: each write is a change of the lines as this side last knew them, put together with
 * what the others made of them, or it is refused.
 */
import { merge } from '../../core/edit/hunks.ts';
import { linesOf, replacementFor, type LineReplacement } from '../../core/edit/lines.ts';
import { moved, reviewOf, takeBack, textBefore, type ReviewHunk } from '../../core/edit/review.ts';
import { shift, type Stretch, type TextChange } from '../../core/inline/survival.ts';
import type { EditPlace } from './answer.ts';
import type { EditedDocument } from './ports.ts';

export type Shown = 'done' | 'conflict' | 'refused';

/** Somebody who types without a pause must not keep a write waiting for ever. */
const MOST_TRIES = 50;

export class EditedLines {
  readonly #document: EditedDocument;
  readonly #onChange: () => void;
  #region: Stretch;
  /** As they were when they were asked about. */
  #original: readonly string[] = [];
  /** What of the answer stands in the document; the rest of what stands there is the others'. */
  #shown: readonly string[] = [];
  #hunks: readonly ReviewHunk[] = [];
  /** The step that an undo takes back is still this side's own. */
  #isOwnStep = false;
  /** What an undo of everything brings back. */
  #undoText = '';

  constructor(document: EditedDocument, region: Stretch, onChange: () => void) {
    this.#document = document;
    this.#region = region;
    this.#onChange = onChange;
  }

  /** Where they lie now. */
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

  /** A new answer is about to change them as they stand; what stood before all that was changed stays the original. */
  begin(): { readonly file: string; readonly region: Stretch } {
    this.#original = linesOf(textBefore(this.#hunks, this.#region, this.read));
    this.#shown = this.#present();
    return { file: this.#document.text(), region: this.#region };
  }

  /** Changes of others; true = an undo brought the original back. */
  changed(changes: readonly TextChange[], isUndo: boolean): boolean {
    this.#isOwnStep = false;
    const wasOutside = changes.every((change) => isOutside(this.#region, change));
    for (const change of changes) {
      this.#region = isUndo ? around(this.#region, change) : shift(this.#region, change);
      this.#hunks = moved(this.#hunks, change);
    }
    if (isUndo) return this.#hunks.length > 0 && this.#present().join('') === this.#undoText;
    if (!wasOutside) this.hunks = this.#hunks;
    return false;
  }

  /** What was changed is told anew from what stands there. */
  refresh(): void {
    const present = this.#present();
    const before = merge(this.#shown, present, this.#original).lines;
    this.hunks = reviewOf(this.#region.start, before, present);
  }

  /**
   * Brings the lines into the document with what others have made of them since.
   *
   * @param how `anyway`: as far as nobody else has changed the same lines.
   */
  async show(target: readonly string[], how?: 'anyway'): Promise<Shown> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const present = this.#present();
      const { lines, conflict } = merge(this.#shown, target, present);
      if (conflict && how === undefined) return 'conflict';
      const replacement = replacementFor(this.#region.start, present, lines);
      // Where others have changed lines of the answer, these go together with it.
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

  /** The answer changes more than it was asked about: possible as long as that stands as it was. */
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

  /** How many of the pending hunks were left since they were changed by hand, or cannot be written. */
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

  /** Own changes are not told by `changed`. */
  #wrote(replacements: readonly LineReplacement[]): void {
    this.#isOwnStep = true;
    const grown = replacements.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
    this.#region = { start: this.#region.start, end: this.#region.end + grown };
  }
}

const isOutside = ({ start, end }: Stretch, { offset, removed }: TextChange): boolean =>
  offset + removed <= start || end <= offset;

/** An undo brings back lines at the ends of the stretch, too, and they belong to it. */
function around(stretch: Stretch, change: TextChange): Stretch {
  const { offset, removed, inserted } = change;
  const isInside = stretch.start <= offset && offset + removed <= stretch.end;
  return isInside ? { start: stretch.start, end: stretch.end + inserted - removed } : shift(stretch, change);
}
