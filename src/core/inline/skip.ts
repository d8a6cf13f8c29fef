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
  /**
   * Whether the user pressed the key that requests a suggestion. Rules of usefulness do not apply, rules of safety do.
   */
  readonly explicit: boolean;
  /** The selected item of the suggestion list, with the part of it that is already typed. */
  readonly selected: { readonly text: string; readonly typed: string } | undefined;
  /** Whether the user accepted the last suggestion to the end of its only line and has typed nothing since. */
  readonly justAcceptedLine: boolean;
}

/** Documents behind input fields and consoles: commit messages, comments, chat, the debug console. */
const INPUT_BOXES = new Set(
  'vscode-scm comment chatSessionInput vscode-chat-input vscode-interactive-input debug output search-editor'.split(
    ' ',
  ),
);

/** With fewer typed characters of the selected item, the list changes faster than an answer arrives (Continue). */
const MIN_TYPED_OF_SELECTED = 4;
/** A document with less non-blank text gives the model too little context (Tabby: 4, Copilot: 10). */
const MIN_TEXT = 4;
/** To the right of the cursor only closers and a terminator may follow (Copilot's rule). */
const CLOSERS_ONLY = /^\s*(?:[)>}\]"'`]+\s*)?(?:[:{;,]\s*)?$/;
const WORD_START = /^[\p{L}\p{N}_$]/u;
/** A finished statement: its continuation belongs on the next line (Cody). */
const STATEMENT_END = /[)\]}];\s*$/;

/** The reason that forbids any suggestion here, a cached one included; undefined = none. */
export function mustSkip(input: SkipInput): SkipReason | undefined {
  if (input.secret) return 'secret-file';
  if (input.excluded) return 'file-excluded';
  if (INPUT_BOXES.has(input.scheme)) return 'input-box';
  if (input.cursors > 1) return 'multi-cursor';
  // VS Code's own key for a suggestion asks every provider; with completions off, it sends no request either.
  if (!input.enabled) return 'off';
  if (!input.explicit && !languageEnabled(input.languages, input.languageId)) return 'language-off';
  return undefined;
}

export const languageEnabled = (languages: Readonly<Record<string, boolean>>, id: string): boolean =>
  (Object.hasOwn(languages, id) ? languages[id] : languages['*']) ?? true;

/** The reason that a request is not worthwhile here; a suggestion at hand that still fits may be shown. */
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

/** Reads at most 2,000 characters on each side, since it runs on every keystroke. */
const hasText = ({ prefix, suffix }: CursorText): boolean =>
  (prefix.slice(-2000) + suffix.slice(0, 2000)).replace(/\s+/g, '').length >= MIN_TEXT;

function popupClash({ selected }: SkipInput): SkipReason | undefined {
  if (selected === undefined) return undefined;
  if (!selected.text.startsWith(selected.typed)) return 'suggest-item-mismatch';
  return selected.typed.length < MIN_TYPED_OF_SELECTED ? 'suggest-item-selected' : undefined;
}
