/** USD; a higher limit is taken for a typing error. */
export const largestDollars = 100_000;

/** Accepts "5", "$5", "2.50", "2,50"; undefined for any other text. */
export function dollarsIn(text: string): number | undefined {
  const digits = /^\$?\s*(\d{1,6}(?:[.,]\d{1,9})?)$/.exec(text.trim())?.[1];
  if (digits === undefined) return undefined;
  const value = Number(digits.replace(',', '.'));
  return value <= largestDollars ? value : undefined;
}
