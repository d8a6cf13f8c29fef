/**
 * Memory of the conversations in this window: the key that keeps a conversation's calls on one machine's prompt cache,
 * and what was sent to each arm, from which the cached part of the next call follows. In memory only;
 * `policyRuntime.ts` stores how long caches live, with the usage statistics.
 */
import type { Arm } from '../../core/arm.ts';
import type { EpochMs } from '../../core/brand.ts';
import type { Context, Quote } from '../../core/decision.ts';
import type { TokenCounts } from '../../core/money/pricing.ts';
import {
  furtherCalls,
  noteReport,
  nothingSent,
  quoteInConversation,
  withSent,
  type SentConversation,
} from '../../core/money/promptCache.ts';
import type { PolicyRuntime } from './policyRuntime.ts';

/** The longest unused conversations are dropped first, since their caches have expired. */
const MAX_CONVERSATIONS = 200;

interface RememberedConversation {
  readonly cacheKey: string;
  readonly sent: SentConversation;
  /** Sum of the contexts of `sent.calls` prompts; undefined before the first. */
  readonly contexts: Context | undefined;
}

/** A call with reported usage. */
export interface AnsweredCall {
  /** Time of its request. */
  readonly at: EpochMs;
  /** Upper bound on its input tokens, which grows with the text that is sent. */
  readonly bytes: number;
  readonly tokens: TokenCounts;
  readonly context: Context;
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

  /** The same for all calls of a conversation; undefined without a conversation. */
  cacheKey(conversationId: string | undefined): string | undefined {
    return conversationId === undefined ? undefined : this.#remembered(conversationId).cacheKey;
  }

  /** The quote with the effect of the arm's prompt cache; without a conversation the cache is unknown. */
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

  /**
   * The contexts of the rest of the conversation: this prompt, and further calls like those so far. The model is chosen
   * for all of them, so that a single short question does not decide alone.
   */
  restOf(conversationId: string | undefined, context: Context): Context {
    const found = conversationId === undefined ? undefined : this.#conversations.get(conversationId);
    if (found?.contexts?.spaceId !== context.spaceId) return context;
    const { contexts, sent } = found;
    const ahead = furtherCalls(sent.calls);
    const x = context.x.map((value, i) => {
      const mean = ((contexts.x[i] ?? 0) + value) / (sent.calls + 1);
      return (value + ahead * mean) / (1 + ahead);
    });
    return { ...context, x };
  }

  answered(conversationId: string | undefined, arm: Arm, answered: AnsweredCall): void {
    if (conversationId === undefined) return;
    const remembered = this.#remembered(conversationId);
    const { at, bytes, tokens, context } = answered;
    const { input, cachedInput, cacheWrite } = tokens;
    const report = { at, bytes, cachedTokens: cachedInput };
    this.#policy.cacheBeliefs = noteReport(this.#policy.cacheBeliefs, remembered.sent, arm, report);
    const sent = withSent(remembered.sent, arm.id, { at, bytes, tokens: input + cachedInput + cacheWrite });
    const contexts = summed(remembered.contexts, context);
    this.#conversations.set(conversationId, { ...remembered, sent, contexts });
  }

  /** Moves the conversation to the newest end. */
  #remembered(conversationId: string): RememberedConversation {
    const found = this.#conversations.get(conversationId) ?? {
      cacheKey: this.#newKey(),
      sent: nothingSent,
      contexts: undefined,
    };
    this.#conversations.delete(conversationId);
    this.#conversations.set(conversationId, found);
    const oldest = this.#conversations.keys().next();
    if (this.#conversations.size > MAX_CONVERSATIONS && oldest.done !== true)
      this.#conversations.delete(oldest.value);
    return found;
  }
}

/** Contexts of another space than before start again. */
const summed = (sum: Context | undefined, context: Context): Context =>
  sum?.spaceId === context.spaceId
    ? { ...context, x: context.x.map((value, i) => value + (sum.x[i] ?? 0)) }
    : context;
