/**
 * Which providers end their work, and their bill, when the connection is closed. OpenRouter publishes it of the providers
 * it buys from, in "Stream Cancellation" of https://openrouter.ai/docs/api-reference/streaming, read in November 2026: of
 * the supported ones it says that closing "immediately stops model processing and billing", of the others that they go on
 * and are billed in full. Its word on OpenAI, Anthropic and DeepSeek is taken for these providers' own endpoints too: they
 * say nothing of it themselves. Mistral and Google (Gemini) are among those that go on.
 *
 * What is not known here goes on: local servers, LiteLLM (which asks any provider), other endpoints. For each of them
 * `pilot.endpoints[].stopsWhenClosed` says otherwise.
 */
import type { Endpoint } from '../app/settings/endpoint.ts';

export const closingAtPreset = {
  openai: 'yes',
  anthropic: 'yes',
  deepseek: 'yes',
  openrouter: 'by-provider',
} as const;

/** Whether an answer of this endpoint ends with its connection. @param provider as the gateway names it in the answer */
export function endsWhenClosed({ stopsWhenClosed }: Endpoint, provider: string | undefined): boolean {
  if (stopsWhenClosed !== 'by-provider') return stopsWhenClosed === 'yes';
  return provider !== undefined && ENDING.has(nameOf(provider));
}

const nameOf = (provider: string): string => provider.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Of OpenRouter's list of November 2026; a provider that is new since goes on. */
const ENDING: ReadonlySet<string> = new Set(
  [
    ['OpenAI', 'Azure', 'Anthropic', 'Fireworks', 'Mancer', 'Recursal', 'AnyScale', 'Lepton', 'OctoAI'],
    ['Novita', 'DeepInfra', 'Together', 'Cohere', 'Hyperbolic', 'Infermatic', 'Avian', 'xAI', 'Cloudflare'],
    ['SFCompute', 'Nineteen', 'Liquid', 'Friendli', 'Chutes', 'DeepSeek'],
  ]
    .flat()
    .map(nameOf),
);
