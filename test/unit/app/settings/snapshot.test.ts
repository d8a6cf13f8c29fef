import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SettingsSnapshot, type SettingKey } from '../../../../src/app/settings/snapshot.ts';

/** `settings.json` under the test's control. */
class Stored {
  readonly values: Record<string, unknown>;
  readonly lookUps: string[] = [];
  readonly snapshot = new SettingsSnapshot((key) => {
    this.lookUps.push(key);
    return this.values[key];
  });

  constructor(values: Record<string, unknown> = {}) {
    this.values = values;
  }

  change(key: SettingKey, value: unknown): void {
    this.values[key] = value;
    this.snapshot.changed((each) => each === key);
  }
}

describe('the settings snapshot', () => {
  it('looks a value up once, until that key changes', () => {
    const stored = new Stored({ 'inline.debounceMs': 100, 'routing.profile': 'quality' });
    for (let i = 0; i < 3; i++) assert.equal(stored.snapshot.get('inline.debounceMs'), 100);
    assert.equal(stored.snapshot.get('routing.profile'), 'quality');
    stored.change('inline.debounceMs', 120);
    assert.equal(stored.snapshot.get('inline.debounceMs'), 120);
    assert.equal(stored.snapshot.get('routing.profile'), 'quality');
    assert.deepEqual(stored.lookUps, ['inline.debounceMs', 'routing.profile', 'inline.debounceMs']);
  });

  it('tells those who follow a key of its changes and of no other’s', () => {
    const stored = new Stored();
    const told: string[] = [];
    // The event that resets each arm's circuit breaker (engine.ts, through ModelSettings).
    stored.snapshot.follow(['endpoints', 'models'], () => told.push('models'));
    const inline = stored.snapshot.follow(['inline.debounceMs'], () => told.push('inline'));
    stored.change('inline.debounceMs', 200);
    assert.deepEqual(told, ['inline']);
    stored.change('models', []);
    assert.deepEqual(told, ['inline', 'models']);
    inline.dispose();
    stored.change('inline.debounceMs', 300);
    assert.deepEqual(told, ['inline', 'models']);
  });

  it('tells once of a change of several keys', () => {
    const stored = new Stored();
    let told = 0;
    stored.snapshot.follow(['endpoints', 'models'], () => told++);
    stored.snapshot.changed(() => true);
    assert.equal(told, 1);
  });

  it('has the new value where one was written, before VS Code tells of it', () => {
    const stored = new Stored({ 'budget.monthlyLimitUsd': 5 });
    assert.equal(stored.snapshot.get('budget.monthlyLimitUsd'), 5e9);
    stored.values['budget.monthlyLimitUsd'] = 7;
    stored.snapshot.forget('budget.monthlyLimitUsd');
    assert.equal(stored.snapshot.get('budget.monthlyLimitUsd'), 7e9);
  });

  for (const [key, bad, used] of [
    ['budget.monthlyLimitUsd', 'ten', 0],
    ['budget.monthlyLimitUsd', -1, 0],
    ['budget.workspaceLimitUsd', NaN, 0],
    ['budget.inlineLimitUsd', 1e9, 0],
    ['budget.policy', 'fixed-rate', 'auto'],
    ['budget.policy', 7, 'auto'],
    ['routing.profile', 'best', 'balanced'],
    ['learning.paused', 'yes', false],
    ['sync.learnedState', 1, false],
    ['history.enabled', 'no', true],
    ['ask.includeActiveFile', 'no', true],
    ['inline.enabled', 'no', true],
    ['inline.paid', 'yes', false],
    ['inline.local', 0, true],
    ['inline.languages', ['typescript'], undefined],
    ['inline.languages', { typescript: 'no' }, undefined],
    ['inline.excludedFiles', 'secret', undefined],
    ['inline.excludedFiles', ['fine', 3], undefined],
    ['inline.multiline', 'sometimes', 'auto'],
    ['inline.latencyTargetMs', 5, 1500],
    ['inline.debounceMs', '75', 75],
    ['inline.contextTokens', 1e6, 1536],
  ] as const) {
    it(`reports ${key} of ${JSON.stringify(bad)}, and does not hand it on`, () => {
      const { snapshot } = new Stored({ [key]: bad });
      assert.equal(snapshot.get(key), used);
      const [problem, ...others] = snapshot.problems;
      assert.ok(problem?.key.startsWith(`pilot.${key}`), problem?.key);
      assert.deepEqual(others, []);
    });
  }

  it('has nothing to report of what the manifest states as default, and the same default where nothing stands', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
    ) as {
      readonly contributes: {
        readonly configuration: readonly { readonly properties: Record<string, { default?: unknown }> }[];
      };
    };
    const stated = [manifest.contributes.configuration]
      .flat()
      .flatMap(({ properties }) => Object.entries(properties));
    assert.ok(stated.length > 15);
    const defaults = Object.fromEntries(
      stated.map(([key, { default: value }]) => [key.slice('pilot.'.length), value]),
    );
    const [given, absent] = [new Stored(defaults).snapshot, new Stored().snapshot];
    assert.deepEqual(given.problems, []);
    assert.deepEqual(absent.problems, []);
    for (const key of [
      'budget.monthlyLimitUsd',
      'budget.policy',
      'routing.profile',
      'learning.paused',
      'sync.learnedState',
      'history.enabled',
      'ask.includeActiveFile',
      'inline.enabled',
      'inline.paid',
      'inline.local',
      'inline.multiline',
      'inline.latencyTargetMs',
      'inline.debounceMs',
      'inline.contextTokens',
    ] as const)
      assert.equal(given.get(key), absent.get(key), key);
  });

  it('takes null, with which one unsets a setting by hand, for nothing', () => {
    const { snapshot } = new Stored({ 'budget.monthlyLimitUsd': null, 'inline.debounceMs': null });
    assert.equal(snapshot.get('budget.monthlyLimitUsd'), undefined);
    assert.equal(snapshot.get('inline.debounceMs'), 75);
    assert.deepEqual(snapshot.problems, []);
  });
});
