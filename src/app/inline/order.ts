/** The order of one place for the router and an arm: features, prompt, and the eligible arms. */
import { rankContext } from '../../core/inline/contextRanking.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import { LOCAL_THRESHOLD } from '../../core/local/localArm.ts';
import { holdsPrivateKey } from '../ask/secretFiles.ts';
import { inlineOrder } from '../call/orders.ts';
import type { CompletionOrder } from '../call/routedCompletion.ts';
import type { Eligibility } from './eligibility.ts';
import type { Try } from './keystroke.ts';
import type { InlineDeps, LocalModelPort } from './ports.ts';
import { inlineCall } from './request.ts';

/** Characters before the cursor that the context ranking reads. */
const AROUND_CHARS = 1500;
/**
 * Characters before the cursor that the router's features read: the typed text is more informative than the text above.
 */
const VIEW_CHARS = 600;
/** Characters that the local model reads; more would only be copied between threads. */
const LOCAL_PREFIX = 12_000;
const LOCAL_SUFFIX = 4000;

export function orderOfTry(
  deps: Pick<InlineDeps, 'settings' | 'context'>,
  eligibility: Eligibility,
  asked: Try,
): Omit<CompletionOrder, 'signal'> {
  const { contextTokens } = deps.settings();
  const { cursor, languageId } = asked;
  const around = cursor.prefix.slice(-AROUND_CHARS);
  const spare = Math.max(contextTokens / 4, contextTokens - asked.tokens);
  const sources = deps.context(asked.documentId).filter(({ text }) => !holdsPrivateKey(text));
  const context = rankContext(around, sources, spare);
  const formatOf = eligibility.formatOf.bind(eligibility);
  return inlineOrder({
    view: {
      text: viewText(languageId, around),
      languageId,
      contextChars: cursor.prefix.length + cursor.suffix.length,
      turn: 0,
      referenceCount: context.length,
    },
    call: inlineCall({ ...asked, contextTokens, context, formatOf }),
    sticky: asked.sticky,
    exclude: (arm) => eligibility.exclusion(arm, asked),
  });
}

/**
 * The text for the router's features, in the form in which its training prompts ask for code, so that the language
 * counts. On the practice models by language, regret falls from 0.52 to 0.41 of a random choice's (bench:inline, three
 * seeds), compared with the bare text.
 */
export const viewText = (languageId: string, before: string): string =>
  `Complete this ${languageId} code:\n\`\`\`${languageId}\n${before.slice(-VIEW_CHARS)}\n\`\`\``;

/** The local model's suggestion where it is confident; '' = none. */
export async function askLocal(local: LocalModelPort, { prefix, suffix }: CursorText): Promise<string> {
  const lineEnd = suffix.indexOf('\n');
  const below = lineEnd < 0 ? '' : suffix.slice(lineEnd + 1, lineEnd + 1 + LOCAL_SUFFIX);
  const said = await local.complete({ prefix: prefix.slice(-LOCAL_PREFIX), suffix: below });
  return said !== undefined && said.confidence >= LOCAL_THRESHOLD ? said.text : '';
}
