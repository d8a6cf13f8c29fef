import { EFFORT_LEVELS, type EffortLevel } from '../arm.ts';

/** After these names a last word like "medium" is an effort; elsewhere it may be a size ("mistral-medium"). */
const REASONING = /(?:^|[/:._-])(?:o[1-9]|gpt-[5-9]|gpt-oss|grok|gemini|claude|deepseek|qwen|glm|kimi)/i;
const LAST_WORD = /[-:@(\s]([a-z]{3,7})\)?$/i;

/**
 * The effort in a model's name: gateways list `o3-mini-high`, `gpt-5:high` or `o1 (low)` as models of their own.
 * Undefined = none.
 */
export function effortInName(model: string): EffortLevel | undefined {
  const tail = model.slice(-80).toLowerCase();
  const word = LAST_WORD.exec(tail)?.[1];
  const named = word === 'med' ? 'medium' : word;
  const level = EFFORT_LEVELS.find((candidate) => candidate === named);
  if (level === undefined || level === 'none') return undefined;
  return REASONING.test(tail) || /[:@(][a-z]{3,7}\)?$/.test(tail) ? level : undefined;
}
