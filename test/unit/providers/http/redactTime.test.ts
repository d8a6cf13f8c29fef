/** Error texts of any size: their shown part is short, and the work on them linear. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redact } from '../../../../src/providers/http/redact.ts';
import { assertLinear } from '../../steps.ts';

describe('redacting long texts', () => {
  for (const unit of ['a', '<', '-', 'sk-', 'password=', 'http://x@', 'ab ']) {
    it(`takes work in proportion to its length, and shows little: ${unit}`, () => {
      assertLinear('/src/', (size) => {
        const text = unit.repeat(size / unit.length);
        assert.ok(redact(text, ['0123456789abcdef'], `${text}x`).length <= 16_384);
      });
    });
  }

  it('no part of a key shows where a long text is cut', () => {
    const key = `k${'0123456789'.repeat(10)}`;
    for (let before = 16_250; before < 16_400; before += 7) {
      const clean = redact(`${'x '.repeat(before / 2)}${key} rest ${'y'.repeat(2000)}`, [key]);
      assert.ok(!clean.includes('0123456'), String(before));
    }
  });

  it('a run of 20 characters that was sent never shows, and other text stays', () => {
    const words = fc.array(fc.constantFrom('alpha ', 'beta ', 'gamma ', 'delta-delta-delta-delta '), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, words, (said, sent) => {
        const clean = redact(said.join(''), [], sent.join(''));
        for (let at = 0; at + 20 <= clean.length; at++)
          assert.ok(!sent.join('').includes(clean.slice(at, at + 20)), clean);
        const foreign = redact(said.join(''), [], 'something else entirely, of some length');
        assert.equal(foreign, said.join(''));
      }),
    );
  });
});
