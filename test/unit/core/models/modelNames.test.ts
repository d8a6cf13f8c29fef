import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distance, parseModelName } from '../../../../src/core/models/modelNames.ts';
import { priorOf } from '../../../../src/core/learning/prior.ts';
import { decodeSpace } from '../../../../src/core/learning/space.ts';

/** A name as providers write it, and its match: a known model, or '?' for a prior from size and price. */
const NAMES: readonly (readonly [string, string])[] = [
  // OpenAI, with and without dates, effort suffixes and routers' prefixes.
  ['gpt-5.2-2026-01-15', 'gpt-5.2'],
  ['gpt-5.2', 'gpt-5.2'],
  ['openai/gpt-5.2', 'gpt-5.2'],
  ['openrouter/openai/gpt-5.1', 'gpt-5.1'],
  ['gpt-5.1-2025-11-13', 'gpt-5.1'],
  ['gpt-5-chat-latest', 'gpt-5-chat'],
  ['gpt-5-mini', 'gpt-5-mini-high'],
  ['gpt-5-nano', 'gpt-5-nano-high'],
  ['gpt-4.1', 'gpt-4.1-2025-04-14'],
  ['gpt-4.1-mini', 'gpt-4.1-mini-2025-04-14'],
  ['gpt-4.1-nano-2025-04-14', 'gpt-4.1-nano-2025-04-14'],
  ['azure/gpt-4.1-mini', 'gpt-4.1-mini-2025-04-14'],
  ['gpt-4o', 'gpt-4o-2024-05-13'],
  ['gpt-4o-2024-08-06', 'gpt-4o-2024-08-06'],
  ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
  ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini-2024-07-18'],
  ['openai/gpt-4o-mini:online', 'gpt-4o-mini-2024-07-18'],
  ['gpt-4-turbo', 'gpt-4-turbo-2024-04-09'],
  ['gpt-4-1106-preview', 'gpt-4-1106-preview'],
  ['gpt-4-0613', 'gpt-4-0613'],
  ['gpt-35-turbo', 'gpt-3.5-turbo-0125'],
  ['gpt-3.5-turbo', 'gpt-3.5-turbo-0125'],
  ['gpt-3.5-turbo-1106', 'gpt-3.5-turbo-1106'],
  ['chatgpt-4o-latest', 'chatgpt-4o-latest-20250326'],
  ['o1', 'o1-2024-12-17'],
  ['o1-preview', 'o1-preview'],
  ['o1-mini', 'o1-mini'],
  ['o3', 'o3-2025-04-16'],
  ['openai/o3', 'o3-2025-04-16'],
  ['o3-mini', 'o3-mini'],
  ['o3-mini-2025-01-31', 'o3-mini'],
  ['o4-mini', 'o4-mini-2025-04-16'],
  ['openai/gpt-oss-120b:free', 'gpt-oss-120b'],
  ['gpt-oss:20b', 'gpt-oss-20b'],
  // Anthropic: both orders of tier and version, dots and dashes, Bedrock and Vertex forms.
  ['claude-opus-4-5', 'claude-opus-4-5-20251101'],
  ['claude-opus-4.5', 'claude-opus-4-5-20251101'],
  ['anthropic/claude-opus-4.5', 'claude-opus-4-5-20251101'],
  ['openrouter/anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5-20250929'],
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5-20250929'],
  ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
  ['anthropic/claude-haiku-4.5', 'claude-haiku-4-5-20251001'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4-20250514'],
  ['claude-opus-4-1-20250805', 'claude-opus-4-1-20250805'],
  ['claude-3-7-sonnet-latest', 'claude-3-7-sonnet-20250219'],
  ['claude-3-7-sonnet-20250219', 'claude-3-7-sonnet-20250219'],
  ['anthropic/claude-3.7-sonnet:thinking', 'claude-3-7-sonnet-20250219-thinking'],
  ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet-20241022'],
  ['claude-3-5-sonnet-20240620', 'claude-3-5-sonnet-20240620'],
  ['claude-3.5-sonnet', 'claude-3-5-sonnet-20241022'],
  ['anthropic/claude-3.5-haiku', 'claude-3-5-haiku-20241022'],
  ['claude-3-opus-20240229', 'claude-3-opus-20240229'],
  ['claude-3-haiku-20240307', 'claude-3-haiku-20240307'],
  ['anthropic.claude-3-haiku-20240307-v1:0', 'claude-3-haiku-20240307'],
  ['claude-3-sonnet-20240229', 'claude-3-sonnet-20240229'],
  ['claude-2.1', 'claude-2.1'],
  ['claude-v2', 'claude-2.0'],
  ['claude-v1', 'claude-1'],
  ['claude-instant-v1', 'claude-instant-1'],
  ['claude-instant-1.2', 'claude-instant-1'],
  ['claude-opus-4-6', 'claude-opus-4-6'],
  ['claude-opus-4-8', 'claude-opus-4-7'],
  ['claude-sonnet-4-6', 'claude-sonnet-4-5-20250929'],
  // Google.
  ['gemini-3-pro-preview', 'gemini-3-pro'],
  ['google/gemini-3-flash-preview', 'gemini-3-flash'],
  ['gemini-2.5-pro', 'gemini-2.5-pro'],
  ['google/gemini-2.5-pro-preview-06-05', 'gemini-2.5-pro'],
  ['gemini-2.5-flash', 'gemini-2.5-flash'],
  ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['vertex_ai/gemini-2.5-flash-lite', 'gemini-2.5-flash-lite'],
  ['gemini-2.0-flash-001', 'gemini-2.0-flash-001'],
  ['gemini-2.0-flash-lite', 'gemini-2.0-flash-lite-preview-02-05'],
  ['gemini-1.5-pro-002', 'gemini-1.5-pro-002'],
  ['gemini-1.5-flash-002', 'gemini-1.5-flash-002'],
  ['gemini-1.5-flash-8b', 'gemini-1.5-flash-8b-001'],
  ['gemma3:27b', 'gemma-3-27b-it'],
  ['google/gemma-3-12b-it', 'gemma-3-12b-it'],
  ['gemma3:4b-it-qat', 'gemma-3-4b-it'],
  ['gemma2:9b', 'gemma-2-9b-it'],
  ['gemma-2-27b-it-Q4_K_M.gguf', 'gemma-2-27b-it'],
  ['gemma:7b', 'gemma-7b-it'],
  // Meta.
  ['llama3.3:70b', 'llama-3.3-70b-instruct'],
  ['meta-llama/Llama-3.3-70B-Instruct', 'llama-3.3-70b-instruct'],
  ['meta-llama/llama-3.3-70b-instruct:free', 'llama-3.3-70b-instruct'],
  ['groq/llama-3.3-70b-versatile', 'llama-3.3-70b-instruct'],
  ['llama3.1', 'llama-3.1-8b-instruct'],
  ['llama3.1:8b', 'llama-3.1-8b-instruct'],
  ['llama3.1:8b-instruct-q4_K_M', 'llama-3.1-8b-instruct'],
  ['meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo', 'llama-3.1-405b-instruct'],
  ['accounts/fireworks/models/llama-v3p1-70b-instruct', 'llama-3.1-70b-instruct'],
  ['llama3.1-70b', 'llama-3.1-70b-instruct'],
  ['llama3.2:1b', 'llama-3.2-1b-instruct'],
  ['llama3.2:3b', 'llama-3.2-3b-instruct'],
  ['llama3:70b', 'llama-3-70b-instruct'],
  ['llama3:8b', 'llama-3-8b-instruct'],
  ['llama-2-70b-chat-hf', 'llama-2-70b-chat'],
  ['meta/llama-2-70b-chat', 'llama-2-70b-chat'],
  ['llama2:7b', 'llama-2-7b-chat'],
  ['codellama:34b', 'codellama-34b-instruct'],
  ['meta/code-llama-instruct-34b-chat', 'codellama-34b-instruct'],
  ['meta-llama/llama-4-maverick', 'llama-4-maverick-17b-128e-instruct'],
  ['meta-llama/Llama-4-Scout-17B-16E-Instruct', 'llama-4-scout-17b-16e-instruct'],
  // Mistral.
  ['mistral-large-2407', 'mistral-large-2407'],
  ['mistral-large-2411', 'mistral-large-2411'],
  ['mistral-small-2506', 'mistral-small-2506'],
  ['mistralai/Mistral-Small-3.1-24B-Instruct-2503', 'mistral-small-3.1-24b-instruct-2503'],
  ['mistral-medium-2508', 'mistral-medium-2508'],
  ['mistralai/mistral-7b-instruct:free', 'mistral-7b-instruct-v0.2'],
  ['mistralai/Mistral-7B-Instruct-v0.2', 'mistral-7b-instruct-v0.2'],
  ['mistral:7b', 'mistral-7b-instruct-v0.2'],
  ['mixtral:8x7b', 'mixtral-8x7b-instruct-v0.1'],
  ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral-8x7b-instruct-v0.1'],
  ['open-mixtral-8x22b', 'mixtral-8x22b-instruct-v0.1'],
  ['magistral-medium-2506', 'magistral-medium-2506'],
  // Alibaba.
  ['qwen2.5-coder:32b', 'qwen2.5-coder-32b-instruct'],
  ['Qwen/Qwen2.5-Coder-32B-Instruct', 'qwen2.5-coder-32b-instruct'],
  ['qwen2.5-32b-coder-instruct', 'qwen2.5-coder-32b-instruct'],
  ['Qwen/Qwen2.5-72B-Instruct-AWQ', 'qwen2.5-72b-instruct'],
  ['qwen2.5:72b', 'qwen2.5-72b-instruct'],
  ['qwen/qwen-2.5-72b-instruct', 'qwen2.5-72b-instruct'],
  ['qwen3:32b', 'qwen3-32b'],
  ['qwen3:30b-a3b', 'qwen3-30b-a3b'],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507', 'qwen3-235b-a22b-instruct-2507'],
  ['qwen/qwen3-coder', 'qwen3-coder-480b-a35b-instruct'],
  ['Qwen3-Coder-480B-A35B-Instruct-FP8', 'qwen3-coder-480b-a35b-instruct'],
  ['qwen3-max', 'qwen3-max-preview'],
  ['qwq:32b', 'qwq-32b'],
  // DeepSeek, Moonshot, Zhipu, MiniMax, xAI, others.
  ['deepseek-r1', 'deepseek-r1'],
  ['deepseek/deepseek-r1-0528:free', 'deepseek-r1-0528'],
  ['deepseek/deepseek-chat-v3-0324', 'deepseek-v3-0324'],
  ['deepseek-ai/DeepSeek-V3', 'deepseek-v3'],
  ['deepseek-v3.1', 'deepseek-v3.1'],
  ['DeepSeek-V3.2', 'deepseek-v3.2'],
  ['DeepSeek-V3.2-Reasoner', 'deepseek-v3.2-thinking'],
  ['moonshotai/kimi-k2', 'kimi-k2-0905-preview'],
  ['kimi-k2-0905-preview', 'kimi-k2-0905-preview'],
  ['kimi-k2-thinking', 'kimi-k2-thinking-turbo'],
  ['z-ai/glm-4.6', 'glm-4.6'],
  ['zai-org/GLM-4.5-Air', 'glm-4.5-air'],
  ['GLM-4.7', 'glm-4.7'],
  ['minimax/minimax-m2', 'minimax-m2'],
  ['MiniMax-M2.1', 'minimax-m2.1-preview'],
  ['x-ai/grok-4', 'grok-4-0709'],
  ['grok-4-0709', 'grok-4-0709'],
  ['x-ai/grok-4-fast', 'grok-4-fast-chat'],
  ['grok-3-mini', 'grok-3-mini-beta'],
  ['phi4', 'phi-4'],
  ['microsoft/phi-4', 'phi-4'],
  ['command-r-plus', 'command-r-plus'],
  ['cohere/command-a', 'command-a-03-2025'],
  ['amazon/nova-pro-v1', 'amazon-nova-pro-v1.0'],
  ['amazon.nova-lite-v1:0', 'amazon-nova-lite-v1.0'],
  ['granite3.1-dense:8b', 'granite-3.1-8b-instruct'],
  ['WizardLM/WizardLM-13B-V1.2', 'wizardlm-13b'],
  ['zero-one-ai/Yi-34B-Chat', 'yi-34b-chat'],
  ['databricks-dbrx-instruct', 'dbrx-instruct'],
  ['nvidia/nemotron-3-nano-30b-a3b', 'nemotron-3-nano-30b-a3b'],
  ['lmsys/vicuna-33b-v1.3', 'vicuna-33b'],
  ['HuggingFaceH4/zephyr-7b-beta', 'zephyr-7b-beta'],
  // No known model is similar: size and price decide.
  ['my-company/internal-router-v2', '?'],
  ['local-model', '?'],
  ['some-new-lab/aurora-70b', '?'],
  ['', '?'],
  ['   ', '?'],
  ['🤖', '?'],
  ['starcoder2:15b', '?'],
];

const decoded = decodeSpace(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../media/space.json'), 'utf8')),
);
assert.ok(decoded.ok);
const { models } = decoded.value;

describe('model names met in the wild', () => {
  it('number at least 150', () => assert.ok(NAMES.length >= 150, `${NAMES.length}`));

  for (const [name, expected] of NAMES) {
    it(`${JSON.stringify(name)} is ${expected === '?' ? 'rated by size and price' : expected}`, () => {
      const { origin } = priorOf(models, name, undefined);
      assert.equal(origin.kind === 'size-and-price' ? '?' : origin.model, expected);
    });
  }

  it('are at no distance from themselves, and distance is symmetric', () => {
    for (const [name] of NAMES) {
      const parsed = parseModelName(name);
      if (parsed.family !== '') assert.equal(distance(parsed, parsed), 0);
      const other = parseModelName('qwen2.5-coder-32b-instruct');
      assert.equal(distance(parsed, other), distance(other, parsed));
    }
  });

  it('are cut before they are searched', () => {
    assert.equal(parseModelName(`${'x-'.repeat(100_000)}gpt-4`).family, '');
  });
});
