import { effortName, type Arm, type EffortLevel } from '../../core/arm.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { PRESETS } from '../presets.ts';

/** The fields of a Chat Completions request for the reasoning effort; none without an effort. */
export function effortFields(endpoint: Endpoint, { effort }: Arm): object {
  const field = PRESETS[endpoint.preset].effortField;
  if (effort === undefined || field === undefined) return {};
  switch (field) {
    case 'effort':
      return typeof effort === 'string' ? { reasoning_effort: effort } : {};
    case 'reasoning':
      return {
        reasoning: typeof effort === 'string' ? openRouter(effort) : { max_tokens: effort.thinkingTokens },
      };
    case 'gemini':
      return typeof effort === 'string'
        ? { reasoning_effort: effort === 'xhigh' ? 'high' : effort }
        : { extra_body: { google: { thinking_config: { thinking_budget: effort.thinkingTokens } } } };
  }
}

/** OpenRouter has a separate switch that turns thinking off. */
const openRouter = (effort: EffortLevel): object =>
  effort === 'none' ? { enabled: false } : { effort: effortName(effort) };
