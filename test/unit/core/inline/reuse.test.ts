import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompletionCache } from '../../../../src/core/inline/completionCache.ts';
import { anchored, remainder, typedSince } from '../../../../src/core/inline/reuse.ts';
import { at } from './fimCase.ts';

const TAG = { id: 1 };

function lookUp(madeAt: string, text: string, now: string): string | undefined {
  const cache = new CompletionCache<typeof TAG>();
  cache.put('doc', at(madeAt), { text, tag: TAG });
  return cache.get('doc', at(now))?.text;
}

describe('the completion cache', () => {
  const cases: readonly (readonly [string, string, string, string, string | undefined])[] = [
    ['the same place', 'const a = <|fim|>;', 'f(x)', 'const a = <|fim|>;', 'f(x)'],
    ['typed along', 'const a = <|fim|>;', 'f(x)', 'const a = f(<|fim|>;', 'x)'],
    [
      'typed along, bracket closed by the editor',
      'const a = <|fim|>\n',
      'f(x)',
      'const a = f(<|fim|>)\n',
      'x)',
    ],
    ['typed something else', 'const a = <|fim|>;', 'f(x)', 'const a = g<|fim|>;', undefined],
    ['typed all of it', 'const a = <|fim|>;', 'f(x)', 'const a = f(x)<|fim|>;', undefined],
    ['went back beyond it', 'const a = <|fim|>;', 'f(x)', 'const <|fim|>;', undefined],
    ['another suffix', 'const a = <|fim|>;', 'f(x)', 'const a = <|fim|> + b;', undefined],
    ['another place with the same line', 'one\na = <|fim|>\n', 'f(x)', 'two\na = <|fim|>\n', undefined],
    ['an empty file', '<|fim|>', 'f(x)', '<|fim|>', 'f(x)'],
    ['surrogate pairs', 'a = "<|fim|>"', '😀😀"', 'a = "😀<|fim|>"', '😀"'],
  ];
  for (const [name, madeAt, text, now, expected] of cases) {
    it(name, () => assert.equal(lookUp(madeAt, text, now), expected));
  }

  it('is another cache for another document', () => {
    const cache = new CompletionCache<typeof TAG>();
    cache.put('a', at('x = <|fim|>'), { text: 'f()', tag: TAG });
    assert.equal(cache.get('b', at('x = <|fim|>')), undefined);
  });

  it('forgets what was rejected', () => {
    const cache = new CompletionCache<typeof TAG>();
    cache.put('a', at('x = <|fim|>'), { text: 'f()', tag: TAG });
    cache.forget((tag) => tag === TAG);
    assert.equal(cache.get('a', at('x = <|fim|>')), undefined);
  });

  it('typing along any suggestion leaves its rest', () => {
    const text = fc.string({ minLength: 1, maxLength: 40 }).filter((each) => !each.includes('\r'));
    fc.assert(
      fc.property(text, text, text, fc.nat({ max: 39 }), (prefix, suggestion, suffix, cut) => {
        const typed = suggestion.slice(0, cut);
        const then = { prefix, suffix };
        const now = { prefix: prefix + typed, suffix };
        const since = typedSince(anchored(then), now);
        assert.ok(since !== undefined);
        // Where the prefix repeats itself, fewer typed characters may fit too, but never text that was not typed.
        assert.ok((prefix + typed).endsWith(since));
        if (since === typed) assert.equal(remainder(suggestion, since), suggestion.slice(cut) || undefined);
      }),
    );
  });
});
