/** The facts about one keystroke, in one value that passes through the whole pipeline. */
import type { ArmId } from '../../core/brand.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import { wantsMultiline } from '../../core/inline/multiline.ts';
import { estimateTokens } from '../../core/inline/promptBudget.ts';
import { remainder } from '../../core/inline/reuse.ts';
import { mustSkip, unwise } from '../../core/inline/skip.ts';
import type { SkipInput, SkipReason } from '../../core/inline/skip.ts';
import { holdsPrivateKey, isSecretFile } from '../ask/secretFiles.ts';
import type { InlineSettings } from './ports.ts';
import type { InlineRequest } from './request.ts';

/** A place in a document where a suggestion may be shown, with the user's settings for it. */
export interface Keystroke extends InlineRequest {
  /** Includes the selected list item: only suggestions that continue it are shown. */
  readonly cursor: CursorText;
  /** The reason that nothing may be shown here, not even a cached suggestion. */
  readonly forbidden: SkipReason | undefined;
  /** The reason that a request is not worthwhile here. */
  readonly unwise: SkipReason | undefined;
  /** Whether a block is wanted, and not a line. */
  readonly multiline: boolean;
  /** Size class of the prompt for the latency estimate. */
  readonly tokens: number;
}

/** One attempt to get a suggestion for a keystroke. */
export interface Try extends Keystroke {
  /** The local model's suggestion where it is confident; '' = none. It is asked first, since it is free and fast. */
  readonly localText: string;
  /** Arms that have answered here already (cycling). */
  readonly taken: readonly ArmId[];
  /** Whether a remote arm had nothing to show here, so that no other is asked, but a cached suggestion may be shown. */
  readonly localOnly: boolean;
  /** The arm of the burst of typing. */
  readonly sticky: ArmId | undefined;
}

/** The facts from the file and from the typing before, which the request lacks. */
type FileFacts = Pick<SkipInput, 'excluded' | 'justAcceptedLine'>;

export function keystrokeOf(
  request: InlineRequest,
  { enabled, languages, multiline: setting }: InlineSettings,
  situation: FileFacts,
): Keystroke {
  const skip = { ...request, ...situation, enabled, languages, secret: isSecret(request) };
  const cursor = withSelected(request);
  // Computed at first use, since many keystrokes never need it.
  return {
    ...request,
    cursor,
    forbidden: mustSkip(skip),
    get unwise() {
      return unwise(skip);
    },
    get multiline() {
      return wantsMultiline({ ...request, cursor, setting });
    },
    get tokens() {
      return promptTokens(cursor);
    },
  };
}

/** A window of the text suffices for this. */
const promptTokens = ({ prefix, suffix }: CursorText): number =>
  estimateTokens(prefix.slice(-8000)) + estimateTokens(suffix.slice(0, 3000));

/**
 * By the path within the workspace and by the whole path, since with `~/.aws` open as a folder `config` alone does not
 * tell. Text with a private key is never sent, whatever the file's name.
 */
const isSecret = ({ path, realPath = '', documentId, cursor }: InlineRequest): boolean =>
  isSecretFile(path) ||
  isSecretFile(realPath) ||
  isSecretFile(documentId.split(/[?#]/, 1)[0] ?? '') ||
  holdsPrivateKey(cursor.prefix + cursor.suffix);

/** The document with the selected list item inserted. */
function withSelected({ cursor, selected }: InlineRequest): CursorText {
  if (selected === undefined) return cursor;
  return { ...cursor, prefix: cursor.prefix + (remainder(selected.text, selected.typed) ?? '') };
}
