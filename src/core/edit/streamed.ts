/**
 * The lines while their new version still arrives: the new lines so far, followed by the old lines that they have not
 * replaced. The alignment with the fewest changed, added and removed lines between the new lines and a beginning of the
 * old ones determines the split.
 */

/** Old lines x new lines: a larger change is not animated, but shown at the end of the answer. */
const MOST_CELLS = 200_000;

/** Undefined where the change is too large to show while it arrives. */
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
    // The longest beginning among equals, so that rewritten lines disappear one by one.
    if (cost <= (costs[taken] ?? 0)) taken = j;
  }
  return [...fresh, ...old.slice(taken)];
}
