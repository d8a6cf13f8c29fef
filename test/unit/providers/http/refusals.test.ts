import assert from 'node:assert/strict';
import { refusalOf } from '../../../../src/providers/http/refusals.ts';
import { statusKind } from '../../../../src/providers/http/errors.ts';

const nothing = { effort: false, calls: false, responses: false };
const kindOf = (sent: Partial<typeof nothing>, status: number, detail: string) =>
  refusalOf({ ...nothing, ...sent }, { kind: statusKind(status, detail), status, detail }, '');

describe('refusals of what was sent', () => {
  for (const words of [
    "Unsupported value: 'xhigh' is not supported with the 'gpt-5' model. Supported values are: 'low'. reasoning.effort",
    "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
    '`reasoning_effort` must be one of `low`, `medium`, or `high`',
    'This model does not support the effort parameter.',
    'adaptive thinking is not supported on this model',
    'output_config.effort: Input should be low, medium, high, xhigh or max',
    'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    'Budget 0 is invalid. This model only works in thinking mode.',
    'Reasoning is mandatory for this endpoint and cannot be disabled.',
    'think value "xhigh" is not supported for this model',
    'Unrecognized request argument supplied: reasoning',
    'reasoning: Extra inputs are not permitted: unknown field reasoning_effort',
  ])
    it(`of an effort: ${words}`, () => {
      assert.equal(kindOf({ effort: true }, 400, words), 'effort-refused');
      assert.equal(kindOf({}, 400, words), undefined, 'none was sent');
      assert.equal(kindOf({ effort: true }, 500, words), undefined, 'no refusal');
    });

  for (const words of [
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    'The encrypted content for item rs_1 could not be verified.',
    "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'.",
    'Function call is missing a thought_signature in functionCall parts.',
    'messages.1.content.0.type: Expected `thinking`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
  ])
    it(`of the state beside calls: ${words}`, () => {
      assert.equal(kindOf({ calls: true, effort: true }, 400, words), 'state-refused');
      assert.equal(kindOf({}, 400, words), undefined, 'none was sent');
    });

  it('of a protocol: a path that is not there, and not a model that is not', () => {
    assert.equal(kindOf({ responses: true }, 404, 'Invalid URL (POST /v1/responses)'), 'no-responses');
    assert.equal(kindOf({ responses: true }, 405, ''), 'no-responses');
    assert.equal(kindOf({ responses: true }, 404, 'The model `x` does not exist'), undefined);
    assert.equal(kindOf({}, 404, 'Invalid URL (POST /v1/chat/completions)'), undefined);
  });

  for (const words of [
    'Thinking may not be enabled when tool_choice forces tool use.',
    "This model's maximum context length is 100 tokens, reasoning_effort or not.",
    'messages: at least one message is required',
  ])
    it(`of something else: ${words}`, () =>
      assert.equal(kindOf({ effort: true, calls: true, responses: true }, 400, words), undefined));
});
