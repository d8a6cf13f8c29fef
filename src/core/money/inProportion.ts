/** Divides an amount into shares of whole units. */

/**
 * Splits `total` (a whole number, not negative) in proportion to `weights`, or evenly where all of them are zero. The
 * shares are whole numbers and sum to the total exactly: each is cut at the running sum, so none is off by more than
 * one.
 */
export function inProportion(total: number, weights: readonly number[]): readonly number[] {
  const finite = weights.map((weight) => (Number.isFinite(weight) && weight > 0 ? weight : 0));
  // Weights relative to the largest, so their sum does not overflow.
  const largest = finite.reduce((most, weight) => Math.max(most, weight), 0);
  const sound = finite.map((weight) => (largest > 0 ? weight / largest : 0));
  const whole = sound.reduce((sum, weight) => sum + weight, 0);
  const parts = whole > 0 ? sound : weights.map(() => 1);
  const sum = whole > 0 ? whole : weights.length;
  let behind = 0;
  let given = 0;
  return parts.map((part, i) => {
    behind += part;
    // The last share takes the rest, since sums of doubles may differ slightly from the whole.
    const until = i === parts.length - 1 ? total : Math.min(total, Math.floor(total * (behind / sum)));
    const share = until - given;
    given = until;
    return share;
  });
}
