/**
 * Selects the pieces of other files and recent edits for the prompt. The measure is the Jaccard similarity between the
 * identifiers of a window of a neighboring file and those around the cursor, as in GitHub Copilot's neighboring tabs;
 * recent edits get a bonus for recency.
 */
import { estimateTokens } from './promptBudget.ts';

export interface ContextSource {
  /** Shown to the model as the origin of the piece: a path relative to the workspace. */
  readonly path: string;
  readonly text: string;
  readonly kind: 'neighbour' | 'edit';
  /** 0 = touched last; orders sources of equal similarity. */
  readonly age: number;
}

export interface RankedPiece {
  readonly path: string;
  readonly text: string;
  readonly similarity: number;
}

/** Lines in a window; Copilot uses 60, smaller windows waste less of a small budget. */
const WINDOW_LINES = 24;
/** Upper bound on the windows compared for each source. */
const MAX_WINDOWS = 40;
const MIN_SIMILARITY = 0.06;
const EDIT_BONUS = 1.5;

/** The best pieces first, at most one window of each source, within a budget of `tokens`. */
export function rankContext(
  around: string,
  sources: readonly ContextSource[],
  tokens: number,
): readonly RankedPiece[] {
  const wanted = identifiers(around);
  const ranked = sources
    .map((source) => ({ source, best: bestWindow(source, wanted) }))
    .filter(({ best }) => best.similarity >= MIN_SIMILARITY)
    .sort((a, b) => b.best.similarity - a.best.similarity || a.source.age - b.source.age);
  const pieces: RankedPiece[] = [];
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

/** Common words of all languages, which do not distinguish windows. */
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
