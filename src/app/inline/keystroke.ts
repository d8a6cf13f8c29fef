/** What is known of one keystroke, in one value that goes through the pipeline whole. */
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

/** A place in a document where a suggestion may be shown, and what the user's settings say of it. */
export interface Keystroke extends InlineRequest {
  /** With the selected list item in: only suggestions that go on from it are shown. */
  readonly cursor: CursorText;
  /** Why nothing may be shown here, not even what is at hand. */
  readonly forbidden: SkipReason | undefined;
  /** Why a request is not worth it here. */
  readonly unwise: SkipReason | undefined;
  /** Whether a block is wanted, and not a line. */
  readonly multiline: boolean;
  /** Size of the prompt as far as latency goes. */
  readonly tokens: number;
}

/** One try to get a suggestion for a keystroke. */
export interface Try extends Keystroke {
  /** What the local model says here, where it is sure enough; '' = nothing. It was asked first: it is free and quick. */
  readonly localText: string;
  /** Arms that have answered here already (cycling). */
  readonly taken: readonly ArmId[];
  /** A remote arm had nothing to show here: nobody else is asked, but what is at hand may be shown. */
  readonly localOnly: boolean;
  /** The arm of the burst of typing. */
  readonly sticky: ArmId | undefined;
}

/** What the file and the typing before say, which the request does not. */
type FileFacts = Pick<SkipInput, 'excluded' | 'justAcceptedLine'>;

export function keystrokeOf(
  request: InlineRequest,
  { enabled, languages, multiline: setting }: InlineSettings,
  situation: FileFacts,
): Keystroke {
  const skip = { ...request, ...situation, enabled, languages, secret: isSecret(request) };
  const cursor = withSelected(request);
  // What many keystrokes never need is worked out when it is asked for.
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

/** A window of the text is enough to tell. */
const promptTokens = ({ prefix, suffix }: CursorText): number =>
  estimateTokens(prefix.slice(-8000)) + estimateTokens(suffix.slice(0, 3000));

/**
 * By the path within the workspace and by the whole one: with `~/.aws` open as a folder, `config` alone says nothing.
 * And whatever the name, no text goes out that has a private key in it.
 */
const isSecret = ({ path, realPath = '', documentId, cursor }: InlineRequest): boolean =>
  isSecretFile(path) ||
  isSecretFile(realPath) ||
  isSecretFile(documentId.split(/[?#]/, 1)[0] ?? '') ||
  holdsPrivateKey(cursor.prefix + cursor.suffix);

/** The document as it will be once the selected list item is in. */
function withSelected({ cursor, selected }: InlineRequest): CursorText {
  if (selected === undefined) return cursor;
  return { ...cursor, prefix: cursor.prefix + (remainder(selected.text, selected.typed) ?? '') };
}
