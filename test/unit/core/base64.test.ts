import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  float32FromBase64,
  floatsFromBase64,
  floatsToBase64,
  fromBase64,
  toBase64,
} from '../../../src/core/base64.ts';
import { float32ToBase64 } from '../../../scripts/train/float32.ts';

describe('base64', () => {
  it('is what Buffer makes of the same bytes, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64(bytes);
        assert.equal(text, Buffer.from(bytes).toString('base64'));
        assert.deepEqual([...(fromBase64(text) ?? [])], [...bytes]);
      }),
    );
  });

  it('keeps doubles exactly and singles to single precision', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 }),
        (values) => {
          const floats = Float64Array.from(values);
          assert.deepEqual(floatsFromBase64(floatsToBase64(floats), floats.length), floats);
        },
      ),
    );
    const singles = Float64Array.of(0.5, -1.25, 3e7);
    assert.deepEqual(float32FromBase64(float32ToBase64(singles), 3), singles);
  });

  it('refuses what is not base64, not of this length, or not finite', () => {
    for (const bad of ['abc', 'ab!=', '====', 'é===', 7, null, undefined])
      assert.equal(fromBase64(bad), undefined);
    assert.equal(floatsFromBase64(floatsToBase64(Float64Array.of(1)), 2), undefined);
    assert.equal(floatsFromBase64(floatsToBase64(Float64Array.of(NaN)), 1), undefined);
    assert.equal(floatsFromBase64(floatsToBase64(Float64Array.of(Infinity)), 1), undefined);
  });
});
