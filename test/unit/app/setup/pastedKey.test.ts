import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ownerOf, pastedKey } from '../../../../src/app/setup/pastedKey.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';

/** Invented, in the providers' forms. */
const shapes: readonly (readonly [string, string | undefined])[] = [
  [`sk-proj-${'aB3_'.repeat(12)}`, 'openai'],
  [`sk-svcacct-${'aB3_'.repeat(12)}`, 'openai'],
  [`sk-${'aB3x'.repeat(5)}T3BlbkFJ${'aB3x'.repeat(5)}`, 'openai'],
  [`sk-or-v1-${'0a'.repeat(32)}`, 'openrouter'],
  [`sk-ant-api03-${'aB3-'.repeat(20)}`, 'anthropic'],
  [`AIza${'aB3_x'.repeat(7)}`, 'gemini'],
  [`sk-${'0a'.repeat(16)}`, 'deepseek'],
  // Mistral's form, and many others'.
  ['aB3x'.repeat(8), undefined],
  // LiteLLM's form, and that of others with the same beginning.
  [`sk-${'aB3x'.repeat(5)}`, undefined],
];

describe('a key that is pasted', () => {
  for (const [key, owner] of shapes) {
    it(`like ${key.slice(0, 9)}… (${key.length}) is ${owner === undefined ? 'nobody’s for certain' : `for ${owner}`}`, () => {
      assert.equal(pastedKey('', ` ${key}\n`), key);
      assert.equal(ownerOf(key, PRESETS)?.id, owner);
      const takers = Object.values(PRESETS).filter(({ keyShape }) => keyShape?.test(key));
      assert.ok(takers.length <= 1, 'no key looks like two providers’');
    });
  }

  it('is not typed text, or a search', () => {
    for (const text of [
      'OpenRouter',
      'https://api.example.com/v1',
      'a model with 70b parameters',
      'qwen2.5-coder',
    ])
      assert.equal(pastedKey('', text), undefined);
    const key = shapes[0]?.[0] ?? '';
    const typed = Array.from({ length: key.length }, (_, at) =>
      pastedKey(key.slice(0, at), key.slice(0, at + 1)),
    );
    assert.deepEqual(
      typed.filter((found) => found !== undefined),
      [],
    );
  });

  it('has no blank and nothing beyond its own characters', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, now) => {
        const key = pastedKey(before, now);
        assert.ok(key === undefined || (/^[\w.-]{20,}$/.test(key) && now.trim() === key));
      }),
    );
  });
});
