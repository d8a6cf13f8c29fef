import type { RateCard } from '../../core/arm.ts';
import type { Endpoint } from './endpoint.ts';
import { describe, numberProblem } from './reader.ts';
import type { SettingReader } from './reader.ts';

/** Far above any known price (the highest are in the hundreds): a larger value has the wrong unit. */
const USD_PER_MTOK = { min: 0, max: 100_000 };
const USD_PER_REQUEST = { min: 0, max: 1000 };
const TOKENS = { min: 1, max: 100_000_000, integer: true };

/**
 * Accepts a price whole or not at all: with one class misread, a reservation would not be an upper bound. A model
 * without a price makes no paid call, so a refused price costs nothing.
 */
export function parsePrice(model: SettingReader): RateCard | undefined {
  const reader = model.object('price');
  if (!reader) return undefined;
  const rates = new Rates(reader);
  const longContext = parseLongContext(reader, rates);
  const price = {
    inputUsdPerMTok: rates.required('inputUsdPerMTok'),
    outputUsdPerMTok: rates.required('outputUsdPerMTok'),
    ...rates.optional('cachedInputUsdPerMTok'),
    ...rates.optional('cacheWriteUsdPerMTok'),
    ...rates.optional('hourCacheWriteUsdPerMTok'),
    ...rates.optional('reasoningUsdPerMTok'),
    ...rates.optional('requestUsd', USD_PER_REQUEST),
    ...(longContext && { longContext }),
  };
  reader.reportUnknown();
  return rates.sound ? price : undefined;
}

/**
 * Price of a cache read as a share of the input's price, for all of Anthropic's models (documentation of November
 * 2026).
 */
const ANTHROPIC_READ = 0.1;
const ANTHROPIC_WRITE = 1.25;

/**
 * Adds the missing cache rates. Anthropic bills cache writes above the input, so where a card has no rate a write
 * counts at Anthropic's, which the reservation has to cover. Reads without a known price count as input.
 */
export function withCacheRates(
  card: RateCard | undefined,
  { preset, protocol }: Pick<Endpoint, 'preset' | 'protocol'>,
  model: string,
): RateCard | undefined {
  const own = preset === 'anthropic';
  if (card === undefined || !(own || protocol === 'messages' || /claude|anthropic/i.test(model))) return card;
  const { inputUsdPerMTok } = card;
  return {
    ...(own && { cachedInputUsdPerMTok: ANTHROPIC_READ * inputUsdPerMTok }),
    cacheWriteUsdPerMTok: ANTHROPIC_WRITE * inputUsdPerMTok,
    ...card,
  };
}

function parseLongContext(price: SettingReader, rates: Rates): RateCard['longContext'] {
  const reader = price.object('longContext');
  if (!reader) {
    rates.sound &&= !price.has('longContext');
    return undefined;
  }
  const inner = new Rates(reader);
  const longContext = {
    aboveTokens: inner.required('aboveTokens', TOKENS),
    inputUsdPerMTok: inner.required('inputUsdPerMTok'),
    outputUsdPerMTok: inner.required('outputUsdPerMTok'),
    ...inner.optional('cachedInputUsdPerMTok'),
  };
  reader.reportUnknown();
  rates.sound &&= inner.sound;
  return longContext;
}

class Rates {
  sound = true;
  readonly #reader: SettingReader;

  constructor(reader: SettingReader) {
    this.#reader = reader;
  }

  required(name: string, range = USD_PER_MTOK): number {
    const value = this.#reader.raw(name);
    const kind = value === undefined ? 'missing' : numberProblem(value, range);
    if (!kind) return value as number;
    this.#reader.problem(name, kind, describe(range), undefined);
    this.sound = false;
    return NaN;
  }

  optional<Name extends string>(name: Name, range = USD_PER_MTOK): Partial<Record<Name, number>> {
    if (!this.#reader.has(name)) return {};
    return { [name]: this.required(name, range) } as Partial<Record<Name, number>>;
  }
}
