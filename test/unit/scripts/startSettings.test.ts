import assert from 'node:assert/strict';
import { withStartSettings } from '../../../scripts/host/startSettings.ts';

const options = { practiceUrl: 'http://127.0.0.1:4001/v1', ollama: false };

function endpoints(
  settings: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  const value = settings['pilot.endpoints'];
  assert.ok(Array.isArray(value));
  return value as readonly Readonly<Record<string, unknown>>[];
}

describe('the settings of npm start', () => {
  it('connect the practice models at first', () => {
    const settings = withStartSettings({}, options);
    assert.deepEqual(
      endpoints(settings).map(({ id, baseUrl }) => [id, baseUrl]),
      [['practice', options.practiceUrl]],
    );
    assert.equal(settings['pilot.budget.monthlyLimitUsd'], 5);
  });

  it('leave what the user has set, and are the same at a second start', () => {
    const first = {
      ...withStartSettings({}, options),
      'pilot.budget.monthlyLimitUsd': 1,
      'pilot.models': [],
      mine: 1,
    };
    assert.deepEqual(withStartSettings(first, options), first);
  });

  it('follow the practice server to another port, and touch no other endpoint', () => {
    const own = { id: 'own', preset: 'openai' };
    const practice = { id: 'practice', baseUrl: 'http://127.0.0.1:1/v1', apiKeyEnv: 'MINE' };
    const settings = withStartSettings({ 'pilot.endpoints': [own, practice] }, options);
    assert.deepEqual(endpoints(settings)[0], own);
    assert.partialDeepStrictEqual(endpoints(settings)[1], {
      baseUrl: options.practiceUrl,
      apiKeyEnv: 'MINE',
    });
  });

  it('offer an Ollama that answers, once', () => {
    const once = withStartSettings({}, { ...options, ollama: true });
    const twice = withStartSettings(once, { ...options, ollama: true });
    assert.deepEqual(
      endpoints(twice).map(({ id }) => id),
      ['practice', 'ollama'],
    );
  });

  it('leave a value alone that is no list', () => {
    assert.equal(withStartSettings({ 'pilot.endpoints': 'oops' }, options)['pilot.endpoints'], 'oops');
  });
});
