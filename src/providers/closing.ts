/**
 * The providers that end their work and their billing when the connection closes. OpenRouter publishes this for its
 * providers in "Stream Cancellation" of https://openrouter.ai/docs/api-reference/streaming, read in November 2026: for
 * the supported ones closing "immediately stops model processing and billing"; the others continue and bill in full.
 * OpenRouter's statements on OpenAI, Anthropic and DeepSeek are used for these providers' own endpoints too, since they
 * publish none. Mistral and Google (Gemini) continue.
 *
 * All others count as continuing: local servers, LiteLLM (a proxy to any provider), other endpoints. For each of them
 * `pilot.endpoints[].stopsWhenClosed` can state otherwise.
 */
import type { Endpoint } from '../app/settings/endpoint.ts';

export const closingAtPreset = {
  openai: 'yes',
  anthropic: 'yes',
  deepseek: 'yes',
  openrouter: 'by-provider',
} as const;

/**
 * Whether closing the connection ends this endpoint's work on an answer. @param provider the provider's name in a
 * gateway's answer
 */
export function endsWhenClosed({ stopsWhenClosed }: Endpoint, provider: string | undefined): boolean {
  if (stopsWhenClosed !== 'by-provider') return stopsWhenClosed === 'yes';
  return provider !== undefined && ENDING.has(nameOf(provider));
}

const nameOf = (provider: string): string => provider.toLowerCase().replace(/[^a-z0-9]/g, '');

/** From OpenRouter's list of November 2026; newer providers count as continuing. */
const ENDING: ReadonlySet<string> = new Set(
  [
    ['OpenAI', 'Azure', 'Anthropic', 'Fireworks', 'Mancer', 'Recursal', 'AnyScale', 'Lepton', 'OctoAI'],
    ['Novita', 'DeepInfra', 'Together', 'Cohere', 'Hyperbolic', 'Infermatic', 'Avian', 'xAI', 'Cloudflare'],
    ['SFCompute', 'Nineteen', 'Liquid', 'Friendli', 'Chutes', 'DeepSeek'],
  ]
    .flat()
    .map(nameOf),
);
