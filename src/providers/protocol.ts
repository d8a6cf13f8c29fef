import type { Endpoint, PresetId, Protocol } from '../app/settings/endpoint.ts';

/**
 * The protocol for a request to this model, where the settings leave the choice to PILOT. Reasoning models of OpenAI
 * and xAI keep their reasoning between tool calls only through Responses; Anthropic caches only marked text, through
 * Messages (providers' documentation, read in November 2026). All others use Chat Completions.
 */
export function protocolOf({ preset, protocol, baseUrl }: Endpoint, model: string): Protocol {
  if (protocol !== 'auto') return protocol;
  if (preset === 'anthropic') return 'messages';
  // Azure's older addresses name the deployment in their path and have Chat Completions, but no Responses.
  if (baseUrl.includes('/deployments/')) return 'chat';
  return REASONING[preset]?.test(model) === true ? 'responses' : 'chat';
}

/** o1 and its successors, GPT-5 and later without the `chat` snapshots, which do not reason. */
const OPENAI_REASONING = /^(?:o\d|gpt-[5-9](?!.*\bchat\b))/;
const REASONING: Partial<Readonly<Record<PresetId, RegExp>>> = {
  openai: OPENAI_REASONING,
  azure: OPENAI_REASONING,
  xai: /^grok-(?:[4-9]|3-mini|code)(?!.*non-reasoning)/,
};

export const isOpenAiReasoning = (model: string): boolean => OPENAI_REASONING.test(model);
