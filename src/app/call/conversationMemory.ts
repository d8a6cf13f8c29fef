/**
 * What is remembered of conversations while this window is open: the key that keeps a conversation's calls on one
 * machine's prompt cache, and what was sent to which arm, which says what of the next call is cached there. In memory
 * only; how long caches live is kept with what calls are known to use (`policyRuntime.ts`).
 */
import type { Arm } from '../../core/arm.ts';
import type { EpochMs } from '../../core/brand.ts';
import type { Quote } from '../../core/decision.ts';
import type { TokenClasses } from '../../core/money/pricing.ts';
import {
  noteReport,
  nothingSent,
  quoteInConversation,
  withSent,
  type SentConversation,
} from '../../core/money/promptCache.ts';
import type { PolicyRuntime } from './policyRuntime.ts';

/** The longest unused are forgotten first: their caches are gone by then. */
const MAX_CONVERSATIONS = 200;

interface RememberedConversation {
  readonly cacheKey: string;
  readonly sent: SentConversation;
}

/** A call whose usage was reported. */
export interface AnsweredCall {
  /** When it was sent. */
  readonly at: EpochMs;
  /** The bound on its input, which grows with what is sent. */
  readonly bytes: number;
  readonly tokens: TokenClasses;
}

export class ConversationMemory {
  readonly #conversations = new Map<string, RememberedConversation>();
  readonly #policy: PolicyRuntime;
  readonly #newKey: () => string;

  /** @param newKey random, derived from no text */
  constructor(policy: PolicyRuntime, newKey: () => string) {
    this.#policy = policy;
    this.#newKey = newKey;
  }

  /** The same for all calls of a conversation; undefined outside of one. */
  cacheKey(conversationId: string | undefined): string | undefined {
    return conversationId === undefined ? undefined : this.#remembered(conversationId).cacheKey;
  }

  /** The quote as the arm's prompt cache makes it; outside of a conversation nothing is known of a cache. */
  quoted(
    conversationId: string | undefined,
    arm: Arm,
    quote: Quote,
    request: { readonly now: EpochMs; readonly bytes: number },
  ): Quote {
    if (conversationId === undefined) return quote;
    const sent = this.#conversations.get(conversationId)?.sent ?? nothingSent;
    return quoteInConversation(arm, quote, sent, { ...request, beliefs: this.#policy.cacheBeliefs });
  }

  answered(conversationId: string | undefined, arm: Arm, { at, bytes, tokens }: AnsweredCall): void {
    if (conversationId === undefined) return;
    const remembered = this.#remembered(conversationId);
    const { input, cachedInput, cacheWrite } = tokens;
    const report = { at, bytes, cachedTokens: cachedInput };
    this.#policy.cacheBeliefs = noteReport(this.#policy.cacheBeliefs, remembered.sent, arm, report);
    const sent = withSent(remembered.sent, arm.id, { at, bytes, tokens: input + cachedInput + cacheWrite });
    this.#conversations.set(conversationId, { ...remembered, sent });
  }

  /** Moves the conversation to the newest end. */
  #remembered(conversationId: string): RememberedConversation {
    const found = this.#conversations.get(conversationId) ?? { cacheKey: this.#newKey(), sent: nothingSent };
    this.#conversations.delete(conversationId);
    this.#conversations.set(conversationId, found);
    const oldest = this.#conversations.keys().next();
    if (this.#conversations.size > MAX_CONVERSATIONS && oldest.done !== true)
      this.#conversations.delete(oldest.value);
    return found;
  }
}
