/** The suggestion in the form for the editor, and its record for reuse and for its outcome. */
import type { Arm } from '../../core/arm.ts';
import type { DecisionId } from '../../core/brand.ts';
import type { Situation } from '../../core/inline/baseline.ts';
import { positionClass } from '../../core/inline/baseline.ts';
import { linePrefix, lineSuffix } from '../../core/inline/cursorText.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import { replacement } from '../../core/inline/replacement.ts';

/** The part of a suggestion that stays the same while the user types along. */
export interface OfferedText {
  readonly decisionId: DecisionId;
  readonly arm: Arm;
  readonly situation: Situation;
  /** The whole text as first offered. */
  readonly whole: string;
}

export interface Suggestion {
  readonly offer: OfferedText;
  /** The text to insert at the cursor. */
  readonly text: string;
  /** Number of characters after the cursor, on its line, that the text replaces. */
  readonly covers: number;
}

export const makeOffer = (
  decisionId: DecisionId,
  arm: Arm,
  text: string,
  place: { readonly cursor: CursorText; readonly languageId: string },
): OfferedText => ({
  decisionId,
  arm,
  whole: text,
  situation: {
    languageId: place.languageId,
    position: positionClass(linePrefix(place.cursor), lineSuffix(place.cursor)),
    length: text.length,
  },
});

/** Undefined where nothing would remain to insert. */
export function suggestionAt(offer: OfferedText, text: string, cursor: CursorText): Suggestion | undefined {
  const put = replacement(text, cursor, offer.situation.languageId);
  return put.text.trim() === '' ? undefined : { offer, text: put.text, covers: put.covers };
}
