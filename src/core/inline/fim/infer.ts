/**
 * Chooses the format of a model: the user's setting first, then the model's name, else chat. An unknown name gets chat
 * and no template: a model answers worse to tokens it does not know than to a longer prompt (continue#6637).
 */
import { FIM_FORMAT_IDS } from './format.ts';
import type { FimFormatId } from './format.ts';

/** How the format was found; shown to the user beside the model. */
export interface ChosenFormat {
  readonly id: FimFormatId;
  readonly source: 'setting' | 'name' | 'default';
}

/** The first match wins, so narrower patterns come first. Most instruction-tuned weights no longer support FIM. */
const BY_NAME: readonly (readonly [RegExp, FimFormatId])[] = [
  [/gpt-3\.5-turbo-instruct|davinci|babbage/, 'suffix'],
  [/qwen.*coder|codeqwen/, 'qwen'],
  [/granite-?(?:4|code-4)/, 'granite'],
  [/seed-?coder/, 'seed-coder'],
  [/starcoder|star-coder|santacoder/, 'starcoder'],
  [/stable-?code/, 'stablecode'],
  [/codestral/, 'codestral'],
  [/codegemma|code-gemma/, 'codegemma'],
  [/code-?llama/, 'codellama'],
  [/deepseek-?coder/, 'deepseek'],
];

/** Qwen's coders keep FIM in their instruct weights; other instruct models answer a template with prose. */
const INSTRUCT = /(?:^|[-_:./])(?:instruct|chat|it)(?:$|[-_:./])/;
const KEEPS_FIM = new Set<FimFormatId>(['qwen', 'suffix', 'codestral', 'granite']);

/** @param hasCompletions whether the endpoint has an address for text completions, which every format but chat needs */
export function chooseFormat(
  setting: string,
  model: string,
  endpointHost: string,
  hasCompletions = true,
): ChosenFormat {
  if (isFormatId(setting)) return { id: setting, source: 'setting' };
  if (!hasCompletions) return { id: 'chat', source: 'default' };
  const name = model.toLowerCase();
  const found = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  if (found === undefined) return { id: 'chat', source: 'default' };
  if (INSTRUCT.test(name) && !KEEPS_FIM.has(found)) return { id: 'chat', source: 'name' };
  if (found === 'codestral' && /(?:^|\.)mistral\.ai$/.test(endpointHost))
    return { id: 'mistral', source: 'name' };
  return { id: found, source: 'name' };
}

export const isFormatId = (text: string): text is FimFormatId =>
  (FIM_FORMAT_IDS as readonly string[]).includes(text);
