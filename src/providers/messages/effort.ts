/**
 * How each of Anthropic's models receives its reasoning effort, from the documentation of effort and extended thinking,
 * read in November 2026.
 */
import type { Arm } from '../../core/arm.ts';
import { THOUGHTS } from '../../core/models/efforts.ts';

/** Models from 4.6 on decide on their reasoning themselves, and receive an effort instead of a budget. */
const isAdaptive = (model: string): boolean => /(opus|sonnet|haiku)-(4-[6-9]|[5-9])|mythos|fable/.test(model);

/** The API's smallest budget in tokens. */
const LEAST_BUDGET = 1024;
/** Tokens for the answer beside the thoughts, since the budget must be below `max_tokens`. */
const LEAST_ANSWER = 256;

export interface Thinking {
  readonly thinks: boolean;
  readonly fields: {
    readonly thinking?:
      { type: 'adaptive' } | { type: 'enabled'; budget_tokens: number } | { type: 'disabled' };
    readonly output_config?: { effort: 'low' | 'medium' | 'high' | 'xhigh' };
  };
}

/**
 * The request's fields for the arm's effort; without an effort the model uses its default. `mayThink`: whether the
 * turns so far allow thoughts; if not, the effort is sent without them.
 */
export function thinkingOf({ model, effort }: Arm, outputCap: number, mayThink: boolean): Thinking {
  if (effort === undefined) return { thinks: false, fields: {} };
  if (effort === 'none') return { thinks: false, fields: { thinking: { type: 'disabled' } } };
  if (typeof effort === 'string' && isAdaptive(model)) {
    const named = effort === 'minimal' ? ('low' as const) : effort;
    const output_config = { effort: named };
    return mayThink
      ? { thinks: true, fields: { thinking: { type: 'adaptive' }, output_config } }
      : { thinks: false, fields: { output_config } };
  }
  if (!mayThink) return { thinks: false, fields: {} };
  const wanted = typeof effort === 'string' ? THOUGHTS[effort] : effort.thinkingTokens;
  const budget = Math.min(wanted, outputCap - LEAST_ANSWER);
  // A cap without room for the smallest budget gives an answer without thoughts.
  if (budget < LEAST_BUDGET) return { thinks: false, fields: {} };
  return { thinks: true, fields: { thinking: { type: 'enabled', budget_tokens: budget } } };
}
