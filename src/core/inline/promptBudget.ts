/**
 * Divides the prompt budget between prefix, suffix and context. Token counts are estimates; the reservation uses a
 * bound.
 */
import type { CursorText } from './cursorText.ts';

export interface PromptBudget {
  /** Tokens in total: prefix, suffix and context. */
  readonly totalTokens: number;
}

/**
 * Shares of the total. The prefix decides most, the suffix prevents overruns, the context shows names from elsewhere.
 */
const SHARES = { prefix: 0.6, suffix: 0.15, context: 0.25 };

/**
 * Characters per token of source code: measured 3.2 to 3.9 over TypeScript, Python and Go with the o200k vocabulary;
 * the low end, so an estimate tends to be too high.
 */
const CHARS_PER_TOKEN = 3.2;
/** Outside ASCII, most vocabularies use about one token for a character. */
const WIDE_CHARS_PER_TOKEN = 1.2;

export function estimateTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) wide += 1;
  return Math.ceil((text.length - wide) / CHARS_PER_TOKEN + wide / WIDE_CHARS_PER_TOKEN);
}

export interface BudgetedText extends CursorText {
  /** Tokens left for context from other places. */
  readonly contextTokens: number;
}

/**
 * Cuts prefix and suffix to their shares at line ends; the unused share of one goes to the other and then to the
 * context.
 */
export function fitCursorText(cursor: CursorText, budget: PromptBudget): BudgetedText {
  const total = Math.max(0, Math.floor(budget.totalTokens));
  const contextShare = Math.floor(total * SHARES.context);
  const room = total - contextShare;
  const suffixWanted = estimateTokens(cursor.suffix);
  const prefixWanted = estimateTokens(cursor.prefix);
  const suffixRoom = Math.min(suffixWanted, Math.max(Math.floor(total * SHARES.suffix), room - prefixWanted));
  const prefix = lastTokens(cursor.prefix, room - suffixRoom);
  const suffix = firstTokens(cursor.suffix, suffixRoom);
  const used = estimateTokens(prefix) + estimateTokens(suffix);
  return { prefix, suffix, contextTokens: Math.max(0, total - used) };
}

/** The end of `text` that fits, from the start of a line if one is near. */
export function lastTokens(text: string, tokens: number): string {
  if (estimateTokens(text) <= tokens) return text;
  const start = text.length - fittingChars(text, tokens, 'end');
  const lineStart = text.indexOf('\n', start) + 1;
  const lastLine = text.lastIndexOf('\n') + 1;
  // The current line stays whole where possible; of a line longer than the budget the end stays.
  return dropHalfPair(text.slice(lineStart > 0 && lineStart <= lastLine ? lineStart : start));
}

/** The beginning of `text` that fits, up to the end of a line if one is near. */
export function firstTokens(text: string, tokens: number): string {
  if (estimateTokens(text) <= tokens) return text;
  const end = fittingChars(text, tokens, 'start');
  const lineEnd = text.lastIndexOf('\n', end);
  const cut = text.slice(0, lineEnd > 0 ? lineEnd : end);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

const dropHalfPair = (text: string): string => (/^[\udc00-\udfff]/.test(text) ? text.slice(1) : text);

function fittingChars(text: string, tokens: number, from: 'start' | 'end'): number {
  let used = 0;
  for (let count = 0; count < text.length; count += 1) {
    const code = text.charCodeAt(from === 'start' ? count : text.length - 1 - count);
    used += 1 / (code > 0x7f ? WIDE_CHARS_PER_TOKEN : CHARS_PER_TOKEN);
    if (used > tokens) return count;
  }
  return text.length;
}
