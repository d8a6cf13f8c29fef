import assert from 'node:assert/strict';
import { parseSettings } from '../../../src/app/settings/index.ts';
import { PRESETS } from '../../../src/providers/presets.ts';

describe('presets', () => {
  for (const [id, preset] of Object.entries(PRESETS)) {
    it(`${id} is complete, and safe to send a key to`, () => {
      assert.equal(preset.id, id);
      if (preset.baseUrl === undefined) return;
      const { protocol, hostname } = new URL(preset.baseUrl);
      assert.ok(protocol === 'https:' || hostname === '127.0.0.1', preset.baseUrl);
      assert.ok(!preset.baseUrl.endsWith('/'));
      // 127.0.0.1 and not localhost, which may resolve to ::1, where Ollama does not listen.
      if (preset.local) assert.equal(hostname, '127.0.0.1');
    });

    it(`${id} needs nothing but its name in the settings`, () => {
      const entry = {
        id: 'e',
        preset: id,
        ...(preset.baseUrl === undefined && { baseUrl: 'https://example.com/v1' }),
      };
      const { endpoints, problems } = parseSettings({ endpoints: [entry], models: [] }, PRESETS);
      assert.deepEqual(problems, []);
      assert.equal(endpoints[0]?.needsKey, preset.needsKey);
    });
  }

  it('share no environment variable', () => {
    const names = Object.values(PRESETS).flatMap(({ apiKeyEnv }) => apiKeyEnv ?? []);
    assert.equal(new Set(names).size, names.length);
  });
});
