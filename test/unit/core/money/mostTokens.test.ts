import assert from 'node:assert/strict';
import { mostTokens } from '../../../../src/core/money/mostTokens.ts';

describe('how many tokens a text was counted as, at most', () => {
  /** The highest count of five tokenizers, in November 2026, for each character of such prose. */
  const measured = [
    ['Hindi', 'यह एक सरल वाक्य है जिसे कोई भी पढ़ सकता है', 1.32 * 0.97],
    ['Arabic', 'هذه جملة بسيطة يمكن لأي شخص قراءتها', 0.85],
    ['Russian', 'Это простое предложение, которое может прочитать каждый', 0.45],
    ['Chinese', '这是一个任何人都能读懂的简单句子', 1],
  ] as const;
  for (const [language, text, perLetter] of measured) {
    it(`${language}: not below the finest tokenizer`, () => {
      const letters = text.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
      assert.ok(mostTokens(text) >= perLetter * letters, `${mostTokens(text)} for ${letters} letters`);
    });
  }

  it('a script that was not measured counts one token a byte', () => {
    const thai = 'ประโยคง่าย';
    assert.ok(mostTokens(thai) >= new TextEncoder().encode(thai).length);
  });
});
