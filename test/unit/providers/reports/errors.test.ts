import assert from 'node:assert/strict';
import type { ProviderErrorKind } from '../../../../src/app/ports/models.ts';
import { Health } from '../../../../src/app/call/health.ts';
import { createModelClient } from '../../../fakes/modelClient.ts';
import { armId } from '../../../../src/core/brand.ts';
import { MemoryLog, armOf, collect, endpointAt } from '../openai/harness.ts';
import { eachInput } from './harness.ts';

interface Expected {
  readonly kind: ProviderErrorKind;
  /** Undefined: the endpoint sent nothing readable. */
  readonly said: RegExp | undefined;
  readonly pausesAnHour?: boolean;
}

const HOUR_MS = 3_600_000;

describe('reports: errors in the provider’s own words', () => {
  eachInput<Expected>(
    'errors',
    {
      privacy: { kind: 'forbidden', said: /data policy.*openrouter\.ai\/settings\/privacy/ },
      guardrail: { kind: 'forbidden', said: /guardrail restrictions/ },
      'no-provider': { kind: 'model-gone', said: /No endpoints found for/, pausesAnHour: true },
      'key-without-model': { kind: 'forbidden', said: /can only access models/ },
      'missing-scope': { kind: 'forbidden', said: /Missing scopes/ },
      'can-afford': { kind: 'cannot-afford', said: /can only afford 27342/ },
      'path-twice': { kind: 'wrong-address', said: /Invalid URL/ },
      'path-unknown': { kind: 'wrong-address', said: /Unknown request URL/ },
      'path-page': { kind: 'wrong-address', said: undefined },
      'path-detail': { kind: 'wrong-address', said: /Not Found/ },
      'path-nothing': { kind: 'wrong-address', said: undefined },
      'organization-not-verified': { kind: 'forbidden', said: /must be verified/ },
      'key-without-models-permission': { kind: 'forbidden', said: /`models` permission/ },
      'spending-limit': { kind: 'no-credit', said: /monthly spending limit/, pausesAnHour: true },
      'team-without-credits': { kind: 'no-credit', said: /doesn't have any credits/, pausesAnHour: true },
      'detail-in-message': { kind: 'bad-request', said: /Extra inputs are not permitted/ },
      'upstream-words': { kind: 'rate-limited', said: /temporarily rate-limited upstream/ },
    },
    async (server, input, expected) => {
      const { failure } = await server.ask(input);
      assert.equal(failure?.kind, expected.kind, failure?.detail);
      assert.equal(failure.served, 'no');
      if (expected.said) assert.match(failure.said ?? '', expected.said);
      else assert.equal(failure.said, undefined);
      assert.equal(failure.address, expected.kind === 'wrong-address' ? server.url : undefined);
      const health = new Health();
      health.failed(armId('fake', 'small'), failure, 0);
      assert.equal(health.isOpen(armId('fake', 'small'), HOUR_MS - 1), expected.pausesAnHour ?? false);
    },
  );

  it('a port that fetch refuses (nodejs/node#45481) is a wrong address, without the library’s words', async () => {
    const endpoint = endpointAt('http://127.0.0.1:6000/v1');
    const client = createModelClient({
      endpoint,
      key: () => Promise.resolve(undefined),
      log: new MemoryLog(),
    });
    const messages = [{ role: 'user' as const, content: 'Hello?' }];
    const { signal } = new AbortController();
    const { failure } = await collect(
      client.chat({ arm: armOf(endpoint.id), messages, outputCap: 10, signal }),
    );
    assert.deepEqual(
      [failure?.kind, failure?.served, failure?.address, failure?.said],
      ['wrong-address', 'no', 'http://127.0.0.1:6000/v1', undefined],
    );
  });
});
