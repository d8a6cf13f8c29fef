import assert from 'node:assert/strict';
import type { ProviderErrorKind } from '../../../../src/app/ports/models.ts';
import { retryAfter, statusKind } from '../../../../src/providers/http/errors.ts';

describe('what a refusal means', () => {
  /** Error texts in the form providers send them. */
  const cases: [number, string, ProviderErrorKind][] = [
    [
      400,
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
      'too-long',
    ],
    [400, 'prompt is too long: 210000 tokens > 200000 maximum', 'too-long'],
    [
      400,
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      'too-long',
    ],
    [400, 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length', 'too-long'],
    [400, 'the request exceeds the available context size, try increasing it', 'too-long'],
    [400, 'Trying to keep the first 5000 tokens when context the overflows.', 'too-long'],
    [413, 'Request Entity Too Large', 'too-long'],
    [500, 'context length exceeded', 'too-long'],
    [400, 'API key not valid. Please pass a valid API key.', 'wrong-key'],
    [401, 'Unauthorized', 'wrong-key'],
    [400, 'Your credit balance is too low to access the Anthropic API.', 'no-credit'],
    [402, 'Insufficient Balance', 'no-credit'],
    [403, 'Key limit exceeded (monthly limit).', 'no-credit'],
    [429, 'You exceeded your current quota, please check your plan and billing details.', 'no-credit'],
    [400, 'Budget has been exceeded! Current cost: 5.1, Max budget: 5.0', 'no-credit'],
    [429, 'You exceeded your current quota. Please retry in 12.3s.', 'rate-limited'],
    [429, 'Rate limit reached for requests', 'rate-limited'],
    [403, 'Your project does not have access to this model.', 'forbidden'],
    [404, 'The model `gpt-9` does not exist or you do not have access to it.', 'model-gone'],
    [404, 'model "qwen:7b" not found, try pulling it first', 'model-gone'],
    [400, 'gpt-nine is not a valid model ID', 'model-gone'],
    [400, 'The model `text-davinci-003` has been deprecated', 'model-gone'],
    [404, '404 page not found', 'wrong-address'],
    [400, 'Unrecognized request argument supplied: stream_options', 'bad-request'],
    [422, 'Extra inputs are not permitted', 'bad-request'],
    [400, "Unsupported parameter: 'max_tokens' is not supported with this model.", 'bad-request'],
    [408, '', 'timeout'],
    [418, '', 'bad-request'],
    [500, '', 'server-error'],
    [529, 'Overloaded', 'server-error'],
  ];
  for (const [status, body, kind] of cases) {
    it(`${status} ${body.slice(0, 50)}: ${kind}`, () => assert.equal(statusKind(status, body), kind));
  }
});

describe('retry-after', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const check = (headers: Record<string, string>, expected: number | undefined) =>
    it(JSON.stringify(headers), () =>
      assert.equal(
        retryAfter(new Headers(headers), () => now),
        expected,
      ),
    );
  check({}, undefined);
  check({ 'retry-after': '7' }, 7000);
  check({ 'retry-after': '0.5' }, 500);
  check({ 'retry-after': '0' }, 0);
  check({ 'retry-after': '-5' }, 0);
  check({ 'retry-after': '1e12' }, 86_400_000);
  check({ 'retry-after': 'soon' }, undefined);
  check({ 'retry-after': '' }, undefined);
  check({ 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' }, 60_000);
  check({ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0);
  check({ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500);
});
