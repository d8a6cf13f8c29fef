/**
 * Levenshtein distance with two rows, O(m n) time and O(min(m, n)) space. Both texts are cut to `MAX` characters first:
 * callers compare lines and suggestions, and the bound keeps the worst case under 2 ms.
 */
const MAX = 1500;

export function editDistance(a: string, b: string): number {
  let [short, long] = a.length < b.length ? [a, b] : [b, a];
  short = short.slice(0, MAX);
  long = long.slice(0, MAX);
  let previous = Uint16Array.from({ length: short.length + 1 }, (_, i) => i);
  let current = new Uint16Array(short.length + 1);
  for (let i = 1; i <= long.length; i += 1) {
    current[0] = i;
    for (let j = 1; j <= short.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (long[i - 1] === short[j - 1] ? 0 : 1);
      current[j] = Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
    }
    [previous, current] = [current, previous];
  }
  return previous[short.length] ?? 0;
}

/** 1 = equal, 0 = nothing in common. */
export function similarity(a: string, b: string): number {
  const longest = Math.min(MAX, Math.max(a.length, b.length));
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}
