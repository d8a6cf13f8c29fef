/**
 * Which pieces of other files and recent edits go into the prompt. A window of a neighbouring file is as useful as
 * the identifiers it shares with the text around the cursor (Jaccard similarity over identifier sets, as GitHub
 * Copilot's neighbouring tabs do); recent edits are ranked by the same measure with a bonus for recency.
 */
import { estimateTokens } from './promptBudget.ts';

export interface ContextSource {
  /** Shown to the model as the piece's origin: a path relative to the workspace. */
  readonly path: string;
  readonly text: string;
  readonly kind: 'neighbour' | 'edit';
  /** 0 = touched last; orders sources of equal similarity. */
  readonly age: number;
}

export interface ContextPiece {
  readonly path: string;
  readonly text: string;
  readonly similarity: number;
}

/** Lines of a window; Copilot's is 60, smaller ones waste less of a small budget. */
const WINDOW_LINES = 24;
/** Everything has a limit: windows looked at for each source. */
const MAX_WINDOWS = 40;
const MIN_SIMILARITY = 0.06;
const EDIT_BONUS = 1.5;

/** Best pieces first, at most one window of each source, until `tokens` are used. */
export function rankContext(
  around: string,
  sources: readonly ContextSource[],
  tokens: number,
): readonly ContextPiece[] {
  const wanted = identifiers(around);
  const ranked = sources
    .map((source) => ({ source, best: bestWindow(source, wanted) }))
    .filter(({ best }) => best.similarity >= MIN_SIMILARITY)
    .sort((a, b) => b.best.similarity - a.best.similarity || a.source.age - b.source.age);
  const pieces: ContextPiece[] = [];
  let left = tokens;
  for (const { source, best } of ranked) {
    const cost = estimateTokens(best.text) + estimateTokens(source.path) + 4;
    if (cost > left) continue;
    left -= cost;
    pieces.push({ path: source.path, text: best.text, similarity: best.similarity });
  }
  return pieces;
}

function bestWindow(
  source: ContextSource,
  wanted: ReadonlySet<string>,
): { text: string; similarity: number } {
  const lines = source.text.split('\n');
  const step = Math.max(WINDOW_LINES / 2, Math.ceil(lines.length / MAX_WINDOWS));
  let best = { text: '', similarity: 0 };
  for (let start = 0; start < lines.length; start += step) {
    const text = lines.slice(start, start + WINDOW_LINES).join('\n');
    const similarity = jaccard(identifiers(text), wanted) * (source.kind === 'edit' ? EDIT_BONUS : 1);
    if (similarity > best.similarity) best = { text, similarity };
  }
  return best;
}

/** Words of every language tell windows apart badly. */
const COMMON = new Set(
  'const let var function return if else for while import from export type this new class def self the and public private static void int string number boolean true false null undefined async await'.split(
    ' ',
  ),
);

export function identifiers(text: string): ReadonlySet<string> {
  const words = text.match(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu) ?? [];
  return new Set(words.filter((word) => !COMMON.has(word)));
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const word of small) if (large.has(word)) shared += 1;
  const union = a.size + b.size - shared;
  return union === 0 ? 0 : shared / union;
}
