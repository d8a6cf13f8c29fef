/**
 * Five real providers, with one model each from the outcomes file, their price cards, and the simulated behavior of
 * their caches, which PILOT is not told. The cards: OpenAI, Anthropic and Google from the shipped price table's source
 * (simonw/llm-prices, September 2026) with the cache prices of their own pages; DeepSeek V3.2 and MiniMax M2.7 from
 * their own pages (December 2025 and November 2026).
 */
import { parseSettings } from '../../../src/app/settings/index.ts';
import type { Arm, RateCard } from '../../../src/core/arm.ts';
import { PRESETS } from '../../../src/providers/presets.ts';

export interface Provider {
  /** The name in the outcomes file. */
  readonly model: string;
  readonly preset: string;
  readonly price: RateCard;
  readonly contextTokens: number;
  /** Milliseconds that the last sent text stays. */
  readonly lifeMs: number;
  /** The share of requests that find it while it lives: another machine may answer. */
  readonly hitShare: number;
  readonly leastTokens: number;
  readonly granule: number;
}

const MINUTE_MS = 60_000;

export const PROVIDERS: readonly Provider[] = [
  {
    model: 'claude-opus-4-8',
    preset: 'anthropic',
    price: {
      inputUsdPerMTok: 5,
      outputUsdPerMTok: 25,
      cachedInputUsdPerMTok: 0.5,
      cacheWriteUsdPerMTok: 6.25,
    },
    contextTokens: 200_000,
    lifeMs: 5 * MINUTE_MS,
    hitShare: 1,
    leastTokens: 4096,
    granule: 1,
  },
  {
    model: 'GPT-5.4',
    preset: 'openai',
    price: { inputUsdPerMTok: 2.5, outputUsdPerMTok: 15, cachedInputUsdPerMTok: 0.25 },
    contextTokens: 400_000,
    lifeMs: 8 * MINUTE_MS,
    hitShare: 0.9,
    leastTokens: 1024,
    granule: 128,
  },
  {
    model: 'Gemini-3-Flash',
    preset: 'gemini',
    price: { inputUsdPerMTok: 0.5, outputUsdPerMTok: 3, cachedInputUsdPerMTok: 0.05 },
    contextTokens: 1_000_000,
    lifeMs: 4 * MINUTE_MS,
    hitShare: 0.8,
    leastTokens: 2048,
    granule: 1,
  },
  {
    model: 'MiniMax-M2.7',
    // No preset of its own: its cache is unknown to PILOT.
    preset: 'custom',
    price: { inputUsdPerMTok: 0.3, outputUsdPerMTok: 1.2, cachedInputUsdPerMTok: 0.06 },
    contextTokens: 204_800,
    lifeMs: 10 * MINUTE_MS,
    hitShare: 0.9,
    leastTokens: 512,
    granule: 1,
  },
  {
    model: 'DeepSeek-V3.2-Reasoner',
    preset: 'deepseek',
    price: { inputUsdPerMTok: 0.28, outputUsdPerMTok: 0.42, cachedInputUsdPerMTok: 0.028 },
    contextTokens: 128_000,
    lifeMs: 180 * MINUTE_MS,
    hitShare: 0.95,
    leastTokens: 64,
    granule: 64,
  },
];

/** As the settings make them. `cached: false`: a world without prompt caches, where all input has one price. */
export function armsOf(cached: boolean): readonly Arm[] {
  const { arms, problems } = parseSettings(
    {
      endpoints: PROVIDERS.map(({ preset }) => ({
        id: preset,
        preset,
        ...(preset === 'custom' && { baseUrl: 'https://api.example.com/v1', outputCapCoversReasoning: true }),
      })),
      models: PROVIDERS.map(({ preset, model, price, contextTokens }) => ({
        endpoint: preset,
        model,
        price,
        contextTokens,
        maxOutputTokens: 8192,
        capabilities: { tools: true, reasoning: false },
      })),
    },
    PRESETS,
  );
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return cached ? arms : arms.map(withoutCache);
}

function withoutCache(arm: Arm): Arm {
  const { inputUsdPerMTok, outputUsdPerMTok } = arm.price!;
  const { id, endpointId, model, label, contextTokens, maxOutputTokens, capabilities, simulated } = arm;
  const { outputCapField, outputCapCoversReasoning } = arm;
  const same = { id, endpointId, model, label, contextTokens, maxOutputTokens, capabilities, simulated };
  return { ...same, outputCapField, outputCapCoversReasoning, price: { inputUsdPerMTok, outputUsdPerMTok } };
}
