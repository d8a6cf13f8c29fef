import type { PresetTable } from '../app/settings/endpoint.ts';
import { leastCachedTokens } from './anthropicModels.ts';
import { closingAtPreset } from './closing.ts';

/**
 * The kinds of endpoint that set-up offers, in its order. Addresses and variables are from the providers'
 * documentation, read in November 2026.
 */
const cloud = {
  needsKey: true,
  local: false,
  acceptsStreamOptions: true,
  promptTokensIncludeCached: true,
  keyShape: undefined,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  stopsWhenClosed: 'no',
  effortField: undefined,
  cacheKeyField: undefined,
  passesCacheMarks: false,
  promptCache: () => undefined,
} as const;

const MINUTE_MS = 60_000;

/**
 * Prompt caches as documented, read in November 2026. OpenAI and Azure: 1,024 tokens and multiples of 128, cleared
 * after 5 to 10 minutes of inactivity. Anthropic: 5 minutes from the last use. Gemini: implicit from 2,048 or 4,096
 * tokens, no life stated. DeepSeek: in blocks of 64 tokens, for hours to days. Groq: two hours from the last use. xAI
 * states neither length nor life. Usage reports correct these lives.
 */
const openAiCache = { lifeMs: 5 * MINUTE_MS, leastTokens: 1024, granule: 128 };
const anthropicCache = (model: string) => {
  return { lifeMs: 5 * MINUTE_MS, leastTokens: leastCachedTokens(model), granule: 1 };
};
const geminiCache = (model: string) => {
  return { lifeMs: 5 * MINUTE_MS, leastTokens: /2\.5/.test(model) ? 2048 : 4096, granule: 1 };
};

/** Gateways pass a model's requests to its own provider, or to one of several. */
function gatewayCache(model: string) {
  if (/claude|anthropic/i.test(model)) return anthropicCache(model);
  if (/gemini/i.test(model)) return geminiCache(model);
  return /openai|gpt|deepseek|grok/i.test(model) ? openAiCache : undefined;
}

/** A local server's own cap bounds everything it generates, including reasoning. */
const local = { ...cloud, needsKey: false, local: true, apiKeyEnv: undefined, keyPage: undefined } as const;

export const PRESETS: PresetTable = {
  openai: {
    ...cloud,
    id: 'openai',
    stopsWhenClosed: closingAtPreset.openai,
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    apiKeyEnv: 'OPENAI_API_KEY',
    // Older keys have no prefix of their own, but all contain these letters.
    keyShape: /^sk-(?:proj-|svcacct-|\w+T3BlbkFJ)/,
    keyPage: 'https://platform.openai.com/api-keys',
    // The only name its reasoning models accept; the older models accept it too.
    outputCapField: 'max_completion_tokens',
    effortField: 'effort',
    cacheKeyField: 'prompt_cache_key',
    promptCache: () => openAiCache,
  },
  openrouter: {
    ...cloud,
    id: 'openrouter',
    stopsWhenClosed: closingAtPreset.openrouter,
    label: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    apiKeyEnv: 'OPENROUTER_API_KEY',
    keyShape: /^sk-or-/,
    keyPage: 'https://openrouter.ai/settings/keys',
    effortField: 'reasoning',
    passesCacheMarks: true,
    promptCache: gatewayCache,
  },
  mistral: {
    ...cloud,
    id: 'mistral',
    label: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    apiKeyEnv: 'MISTRAL_API_KEY',
    keyPage: 'https://console.mistral.ai/api-keys',
    // It sends usage in the last chunk without a request, and its schema forbids unknown fields.
    acceptsStreamOptions: false,
  },
  deepseek: {
    ...cloud,
    id: 'deepseek',
    stopsWhenClosed: closingAtPreset.deepseek,
    label: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    apiKeyEnv: 'DEEPSEEK_API_KEY',
    keyShape: /^sk-[0-9a-f]{32}$/,
    keyPage: 'https://platform.deepseek.com/api_keys',
    promptCache: () => ({ lifeMs: 120 * MINUTE_MS, leastTokens: 64, granule: 64 }),
  },
  gemini: {
    ...cloud,
    id: 'gemini',
    label: 'Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    apiKeyEnv: 'GEMINI_API_KEY',
    keyShape: /^AIza[\w-]{35}$/,
    keyPage: 'https://aistudio.google.com/apikey',
    effortField: 'gemini',
    promptCache: geminiCache,
  },
  anthropic: {
    ...cloud,
    id: 'anthropic',
    stopsWhenClosed: closingAtPreset.anthropic,
    label: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    apiKeyEnv: 'ANTHROPIC_API_KEY',
    keyShape: /^sk-ant-/,
    keyPage: 'https://console.anthropic.com/settings/keys',
    promptCache: anthropicCache,
  },
  // It caches automatically and bills cache reads separately; Chat Completions is deprecated there (docs.x.ai, November
  // 2026).
  xai: {
    ...cloud,
    id: 'xai',
    label: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    apiKeyEnv: 'XAI_API_KEY',
    keyShape: /^xai-\w{40,}$/,
    keyPage: 'https://console.x.ai',
    effortField: 'effort',
    cacheKeyField: 'x-grok-conv-id',
    promptCache: () => ({ ...openAiCache, granule: 1 }),
  },
  groq: {
    ...cloud,
    id: 'groq',
    label: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    apiKeyEnv: 'GROQ_API_KEY',
    keyShape: /^gsk_\w{40,}$/,
    keyPage: 'https://console.groq.com/keys',
    outputCapField: 'max_completion_tokens',
    effortField: 'effort',
    promptCache: () => ({ lifeMs: 120 * MINUTE_MS, leastTokens: 1024, granule: 128 }),
  },
  together: {
    ...cloud,
    id: 'together',
    label: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    apiKeyEnv: 'TOGETHER_API_KEY',
    keyPage: 'https://api.together.ai/settings/api-keys',
    effortField: 'effort',
  },
  // The v1 address accepts deployment names as models and needs no api-version; dated addresses keep theirs.
  azure: {
    ...cloud,
    id: 'azure',
    label: 'Azure OpenAI',
    baseUrl: undefined,
    baseUrlTemplate: 'https://RESOURCE.openai.azure.com/openai/v1',
    apiKeyEnv: undefined,
    keyPage: 'https://ai.azure.com',
    outputCapField: 'max_completion_tokens',
    effortField: 'effort',
    cacheKeyField: 'prompt_cache_key',
    promptCache: () => openAiCache,
  },
  // Priced by GitHub's plan with free daily limits; a fine-grained token needs `models: read`.
  github: {
    ...cloud,
    id: 'github',
    label: 'GitHub Models',
    baseUrl: 'https://models.github.ai/inference',
    apiKeyEnv: undefined,
    keyShape: /^(?:github_pat_|ghp_)\w{20,}$/,
    keyPage: 'https://github.com/settings/personal-access-tokens',
  },
  bedrock: {
    ...cloud,
    id: 'bedrock',
    label: 'Amazon Bedrock',
    baseUrl: undefined,
    baseUrlTemplate: 'https://bedrock-runtime.REGION.amazonaws.com/openai/v1',
    apiKeyEnv: undefined,
    keyPage: 'https://console.aws.amazon.com/bedrock',
    outputCapField: 'max_completion_tokens',
    effortField: 'effort',
    // Unknown for some model families behind the address.
    outputCapCoversReasoning: false,
  },
  // Accepts an access token that is valid for an hour, not a permanent key.
  vertex: {
    ...cloud,
    id: 'vertex',
    label: 'Vertex AI',
    baseUrl: undefined,
    baseUrlTemplate:
      'https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION/endpoints/openapi',
    apiKeyEnv: undefined,
    keyPage: 'https://console.cloud.google.com/vertex-ai',
    effortField: 'gemini',
    outputCapCoversReasoning: false,
    promptCache: geminiCache,
  },
  ollama: { ...local, id: 'ollama', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  lmstudio: { ...local, id: 'lmstudio', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  llamacpp: { ...local, id: 'llamacpp', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  vllm: { ...local, id: 'vllm', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  litellm: {
    ...cloud,
    id: 'litellm',
    label: 'LiteLLM',
    baseUrl: 'http://127.0.0.1:4000/v1',
    apiKeyEnv: 'LITELLM_API_KEY',
    keyPage: undefined,
    outputCapCoversReasoning: false,
    effortField: 'effort',
    passesCacheMarks: true,
    promptCache: gatewayCache,
  },
  custom: {
    ...cloud,
    id: 'custom',
    label: 'OpenAI-compatible',
    baseUrl: undefined,
    needsKey: false,
    apiKeyEnv: undefined,
    keyPage: undefined,
    outputCapCoversReasoning: false,
    // A server that does not know the field answers 400, which PILOT reports.
    effortField: 'effort',
  },
};
