/** Round numbers for an axis: 1, 2 or 5 times a power of ten, at most `most`. */
export function niceTicks(max: number, most = 5): readonly number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0];
  const rough = max / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Powers of ten from below `low` to above `high`. */
export function decades(low: number, high: number): readonly number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const decadesShown = Math.max(1, last - first);
  return Array.from({ length: decadesShown + 1 }, (_, i) => 10 ** (first + i));
}

/** The number of decimals at which all of these amounts differ, at least two. */
export function decimalsFor(ticks: readonly number[]): number {
  for (let digits = 2; digits < 9; digits++) {
    if (ticks.every((tick) => Math.abs(tick - Number(tick.toFixed(digits))) < 1e-12)) return digits;
  }
  return 9;
}
