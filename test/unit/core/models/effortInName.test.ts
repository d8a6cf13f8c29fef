import assert from 'node:assert/strict';
import { effortInName } from '../../../../src/core/models/effortInName.ts';

describe('an effort in a model’s name', () => {
  const names: readonly (readonly [string, ReturnType<typeof effortInName>])[] = [
    ['o3-mini-high', 'high'],
    ['openai/o4-mini-low', 'low'],
    ['gpt-5:high', 'high'],
    ['gpt-5.2-xhigh', 'xhigh'],
    ['gpt-5@minimal', 'minimal'],
    ['O3-Mini-2025-01-31 (Med)', 'medium'],
    ['O1-2024-12-17 (N=1) (Low)', 'low'],
    ['Grok-3-Mini (High)', 'high'],
    ['o3-mini', undefined],
    ['gpt-5-mini', undefined],
    ['mistral-medium', undefined],
    ['mistral-medium-latest', undefined],
    ['magistral-medium', undefined],
    ['qwen3:free', undefined],
    ['claude-opus-4-5@20251101', undefined],
    ['', undefined],
  ];
  for (const [name, effort] of names)
    it(`${name}: ${effort ?? 'none'}`, () => assert.equal(effortInName(name), effort));
});
