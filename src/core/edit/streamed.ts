/**
 * What the old lines look like while their new version still arrives: the new lines so far, then the old ones that they
 * have not taken the place of yet. Which these are is the alignment with the fewest lines changed, added and removed,
 * of all the new lines with any beginning of the old ones.
 */

/** Old lines x new lines: more is not worth an animation, and the change is shown when the answer has ended. */
const MOST_CELLS = 200_000;

/** Undefined where the change is too large to be shown on the way. */
export function streamed(old: readonly string[], fresh: readonly string[]): readonly string[] | undefined {
  if (old.length * fresh.length > MOST_CELLS) return undefined;
  let costs = Uint32Array.from({ length: old.length + 1 }, (_, i) => i);
  for (const [i, line] of fresh.entries()) {
    const next = new Uint32Array(old.length + 1);
    next[0] = i + 1;
    for (let j = 1; j <= old.length; j += 1) {
      const same = (costs[j - 1] ?? 0) + (old[j - 1] === line ? 0 : 1);
      next[j] = Math.min(same, (costs[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    costs = next;
  }
  let taken = 0;
  for (const [j, cost] of costs.entries()) {
    // Of equals the longest: lines that were rewritten are gone one by one.
    if (cost <= (costs[taken] ?? 0)) taken = j;
  }
  return [...fresh, ...old.slice(taken)];
}
