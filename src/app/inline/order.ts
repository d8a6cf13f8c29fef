/** What the router and an arm are asked for one place: features, prompt, and who may answer. */
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

/** Text before the cursor that the context ranking looks at. */
const AROUND_CHARS = 1500;
/** Text before the cursor that the router's features look at: what is typed says more than what stands above it. */
const VIEW_CHARS = 600;
/** What the local model reads; more would only be copied between threads. */
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
 * What the router's features see: the shape in which the prompts they were trained on ask for code, so that the
 * language counts. On the practice models by language, regret falls from 0.52 to 0.41 of a random choice's
 * (bench:inline, three seeds), against the bare text.
 */
export const viewText = (languageId: string, before: string): string =>
  `Complete this ${languageId} code:\n\`\`\`${languageId}\n${before.slice(-VIEW_CHARS)}\n\`\`\``;

/** What the local model says here, where it is sure enough; '' = nothing. */
export async function askLocal(local: LocalModelPort, { prefix, suffix }: CursorText): Promise<string> {
  const lineEnd = suffix.indexOf('\n');
  const below = lineEnd < 0 ? '' : suffix.slice(lineEnd + 1, lineEnd + 1 + LOCAL_SUFFIX);
  const said = await local.complete({ prefix: prefix.slice(-LOCAL_PREFIX), suffix: below });
  return said !== undefined && said.confidence >= LOCAL_THRESHOLD ? said.text : '';
}
