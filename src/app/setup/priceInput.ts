import type { RateCard } from '../../core/arm.ts';

const MAX_USD_PER_MTOK = 100_000;

/** What a person types from a provider's price page: "0.25 / 2", "$3 $15", "0,5/1,5", "0". Undefined: no price. */
export function parsePriceInput(text: string): RateCard | undefined {
  const parts = text
    .replaceAll('$', ' ')
    .split(/[\s/;|]+/)
    .filter((part) => part !== '');
  const numbers = parts.map((part) =>
    /^\d{1,6}([.,]\d{1,9})?$/.test(part) ? Number(part.replace(',', '.')) : NaN,
  );
  if (numbers.some((value) => !(0 <= value && value <= MAX_USD_PER_MTOK))) return undefined;
  const [input, output, cachedInput, ...rest] = numbers;
  if (input === undefined || rest.length > 0) return undefined;
  // One number alone is a price only where it says "free": input and output never cost the same by chance.
  if (output === undefined) return input === 0 ? { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } : undefined;
  return {
    inputUsdPerMTok: input,
    outputUsdPerMTok: output,
    ...(cachedInput !== undefined && { cachedInputUsdPerMTok: cachedInput }),
  };
}
