/** Addresses as users paste them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSettings } from '../../../../src/app/settings/index.ts';
import { understandUrl } from '../../../../src/app/settings/url.ts';
import { endpointEntry } from '../../../../src/app/setup/entries.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';

const parse = (entry: object) => parseSettings({ endpoints: [{ id: 'e', ...entry }], models: [] }, PRESETS);

describe('an address', () => {
  const cases: readonly (readonly [given: string, baseUrl: string, apiVersion?: string])[] = [
    ['https://x.example/v1', 'https://x.example/v1'],
    ['https://x.example', 'https://x.example/v1'],
    ['https://x.example/', 'https://x.example/v1'],
    ['  https://x.example//  ', 'https://x.example/v1'],
    ['https://x.example/v1/chat/completions', 'https://x.example/v1'],
    ['https://x.example/v1/chat/completions/', 'https://x.example/v1'],
    ['https://x.example/chat/completions', 'https://x.example/v1'],
    ['https://x.example/api/v1/completions', 'https://x.example/api/v1'],
    ['https://x.example/v1/responses', 'https://x.example/v1'],
    ['https://x.example/v1/messages', 'https://x.example/v1'],
    ['https://x.example/v1/models', 'https://x.example/v1'],
    ['https://x.example/models/v1', 'https://x.example/models/v1'],
    ['https://x.example/proxy', 'https://x.example/proxy'],
    ['https://x.example/#', 'https://x.example'],
    ['https://x.example/models#', 'https://x.example/models'],
    ['https://api.deepseek.com', 'https://api.deepseek.com'],
    ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
    [
      'https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
      'https://r.openai.azure.com/openai/deployments/d',
      '2024-10-21',
    ],
    ['https://r.openai.azure.com/', 'https://r.openai.azure.com/openai/v1'],
    [
      'https://r.openai.azure.com/openai/v1/?api-version=preview',
      'https://r.openai.azure.com/openai/v1',
      'preview',
    ],
  ];
  for (const [given, baseUrl, apiVersion] of cases) {
    it(`${given} is ${baseUrl}`, () => {
      const { endpoints, problems } = parse({ preset: 'custom', baseUrl: given });
      assert.deepEqual([endpoints[0]?.baseUrl, endpoints[0]?.apiVersion], [baseUrl, apiVersion]);
      assert.deepEqual(problems, []);
    });
  }

  it('of a known provider without a path gets the provider’s own', () => {
    const at = (preset: string, baseUrl: string) => parse({ preset, baseUrl }).endpoints[0]?.baseUrl;
    assert.equal(at('openrouter', 'https://openrouter.ai'), 'https://openrouter.ai/api/v1');
    assert.equal(at('ollama', 'http://192.168.1.5:11434/'), 'http://192.168.1.5:11434/v1');
    assert.equal(at('deepseek', 'https://api.deepseek.com/'), 'https://api.deepseek.com');
  });

  it('with a key in its query or before its host is used without, and told', () => {
    for (const baseUrl of [
      'https://x.example/v1?key=sk-1',
      'https://u:sk-1@x.example/v1',
      'https://x.example/v1?api-version=1&key=sk-1',
    ]) {
      const { endpoints, problems } = parse({ preset: 'custom', baseUrl });
      assert.equal(endpoints[0]?.baseUrl, 'https://x.example/v1');
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['secret-in-settings'],
      );
      assert.doesNotMatch(JSON.stringify({ endpoints, problems }), /sk-1/);
    }
  });

  it('is read again as it was written, whatever it is', () => {
    const segment = fc.constantFrom('v1', 'api', 'chat', 'completions', 'models', 'openai', 'x', '');
    const address = fc
      .tuple(
        fc.constantFrom('https://x.example', 'http://h:1', 'https://api.deepseek.com'),
        fc.array(segment, { maxLength: 4 }),
        fc.constantFrom('', '/', '#', '?api-version=2024-01-01'),
      )
      .map(([origin, segments, end]) => [origin, ...segments].join('/') + end);
    fc.assert(
      fc.property(address, fc.constantFrom('custom', 'vllm', 'openai', 'litellm'), (baseUrl, preset) => {
        const [endpoint] = parse({ preset, baseUrl }).endpoints;
        assert.ok(endpoint);
        const [again] = parseSettings(
          { endpoints: [endpointEntry(endpoint, PRESETS[endpoint.preset])], models: [] },
          PRESETS,
        ).endpoints;
        assert.deepEqual([again?.baseUrl, again?.apiVersion], [endpoint.baseUrl, endpoint.apiVersion]);
      }),
    );
  });

  it('that is none, or no web address, is not understood', () => {
    for (const text of ['', 'x', 'ftp://x.example', 'javascript:alert(1)', 'https://'])
      assert.equal(understandUrl(text), undefined);
  });
});
