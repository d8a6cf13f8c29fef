import { linePrefix, lineSuffix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';

export type SkipReason =
  | 'off'
  | 'language-off'
  | 'file-excluded'
  | 'secret-file'
  | 'input-box'
  | 'multi-cursor'
  | 'too-little-text'
  | 'middle-of-word'
  | 'text-after-cursor'
  | 'statement-complete'
  | 'suggest-item-selected'
  | 'suggest-item-mismatch'
  | 'just-accepted-line';

export interface SkipInput {
  readonly enabled: boolean;
  /** `{ "*": true, "markdown": false }`: the language's own entry wins over "*". */
  readonly languages: Readonly<Record<string, boolean>>;
  readonly languageId: string;
  readonly scheme: string;
  readonly secret: boolean;
  readonly excluded: boolean;
  readonly cursors: number;
  readonly cursor: CursorText;
  /** The user pressed the key that asks for a suggestion: taste is set aside, safety is not. */
  readonly explicit: boolean;
  /** Text of the item selected in the suggestion list, with what of it is typed already. */
  readonly selected: { readonly text: string; readonly typed: string } | undefined;
  /** The last suggestion was accepted to the end of its only line and nothing was typed since. */
  readonly justAcceptedLine: boolean;
}

/** Documents behind input fields and consoles: commit messages, comments, chat, the debug console. */
const INPUT_BOXES = new Set(
  'vscode-scm comment chatSessionInput vscode-chat-input vscode-interactive-input debug output search-editor'.split(
    ' ',
  ),
);

/** With fewer typed characters of the selected item, the list changes faster than an answer comes (Continue). */
const MIN_TYPED_OF_SELECTED = 4;
/** Below this much non-blank text there is nothing to go on (Tabby: 4, Copilot: 10). */
const MIN_TEXT = 4;
/** Right of the cursor only closers and a terminator may stand (Copilot's rule). */
const CLOSERS_ONLY = /^\s*(?:[)>}\]"'`]+\s*)?(?:[:{;,]\s*)?$/;
const WORD_START = /^[\p{L}\p{N}_$]/u;
/** A finished statement: what follows belongs on the next line (Cody). */
const STATEMENT_END = /[)\]}];\s*$/;

/** Nothing may be shown here, not even what is at hand. */
export function mustSkip(input: SkipInput): SkipReason | undefined {
  if (input.secret) return 'secret-file';
  if (input.excluded) return 'file-excluded';
  if (INPUT_BOXES.has(input.scheme)) return 'input-box';
  if (input.cursors > 1) return 'multi-cursor';
  // Off means off: VS Code's own key for a suggestion asks every provider, and the user said no requests.
  if (!input.enabled) return 'off';
  if (!input.explicit && !languageEnabled(input.languages, input.languageId)) return 'language-off';
  return undefined;
}

export const languageEnabled = (languages: Readonly<Record<string, boolean>>, id: string): boolean =>
  (Object.hasOwn(languages, id) ? languages[id] : languages['*']) ?? true;

/** Not worth a request; a suggestion that is there already and still fits may be shown all the same. */
export function unwise(input: SkipInput): SkipReason | undefined {
  if (input.explicit) return undefined;
  const { cursor, justAcceptedLine } = input;
  const before = linePrefix(cursor);
  const after = lineSuffix(cursor);
  if (WORD_START.test(after)) return 'middle-of-word';
  if (!CLOSERS_ONLY.test(after)) return 'text-after-cursor';
  if (STATEMENT_END.test(before)) return 'statement-complete';
  if (justAcceptedLine && before.trim() !== '') return 'just-accepted-line';
  if (!hasText(cursor)) return 'too-little-text';
  return popupClash(input);
}

/** Looks at 2,000 characters on each side at most: this runs on every keystroke. */
const hasText = ({ prefix, suffix }: CursorText): boolean =>
  (prefix.slice(-2000) + suffix.slice(0, 2000)).replace(/\s+/g, '').length >= MIN_TEXT;

function popupClash({ selected }: SkipInput): SkipReason | undefined {
  if (selected === undefined) return undefined;
  if (!selected.text.startsWith(selected.typed)) return 'suggest-item-mismatch';
  return selected.typed.length < MIN_TYPED_OF_SELECTED ? 'suggest-item-selected' : undefined;
}
