import type { RateCard } from '../../core/arm.ts';

const MAX_USD_PER_MTOK = 100_000;

/**
 * Parses a price as users copy it from a provider's page: "0.25 / 2", "$3 $15", "0,5/1,5", "0". Undefined = not a
 * price.
 */
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
  // A single number is a price only if it is zero, since input and output prices differ.
  if (output === undefined) return input === 0 ? { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } : undefined;
  return {
    inputUsdPerMTok: input,
    outputUsdPerMTok: output,
    ...(cachedInput !== undefined && { cachedInputUsdPerMTok: cachedInput }),
  };
}
