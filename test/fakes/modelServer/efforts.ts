/**
 * The answers of providers whose model does not support the requested effort, in OpenAI's and Anthropic's own words.
 */
import { type ApiError, badRequest } from './apiError.ts';
import { isRecord } from './fields.ts';
import type { FakeModel } from './model.ts';

export function effortFault(body: unknown, { id, efforts }: FakeModel): ApiError | undefined {
  if (efforts === undefined || !isRecord(body)) return undefined;
  const [param, value] = effortIn(body);
  if (value === undefined || efforts.includes(value)) return undefined;
  if (efforts.length === 0)
    return badRequest(
      `Unsupported parameter: '${param}' is not supported with this model.`,
      param,
      'unsupported_parameter',
    );
  const supported = efforts.map((level) => `'${level}'`).join(', ');
  return badRequest(
    `Unsupported value: '${value}' is not supported with the '${id}' model. Supported values are: ${supported}.`,
    param,
    'unsupported_value',
  );
}

/** Under each protocol's own name. */
function effortIn(body: Readonly<Record<string, unknown>>): readonly [string, string | undefined] {
  const { reasoning_effort: chat, reasoning, output_config: config, thinking } = body;
  if (typeof chat === 'string') return ['reasoning_effort', chat];
  if (isRecord(reasoning) && typeof reasoning['effort'] === 'string')
    return ['reasoning.effort', reasoning['effort']];
  if (isRecord(config)) return ['output_config.effort', String(config['effort'])];
  if (isRecord(thinking) && thinking['type'] === 'enabled') return ['thinking', 'budget'];
  return ['', undefined];
}
