import assert from 'node:assert/strict';
import {
  add,
  describeCounts,
  describeStep,
  readCounts,
  readMochaCounts,
} from '../../../scripts/host/counts.ts';

describe('counting tests', () => {
  it('reads mocha’s closing lines', () => {
    const output =
      '\n  suite\n    ✔ 3 passing things\n\n  12 passing (2s)\n  1 pending\n  2 failing\n\n  1) suite';
    assert.deepEqual(readMochaCounts(output), { passed: 12, failed: 2, skipped: 1 });
  });

  it('takes a run that did not close for none', () => {
    assert.equal(readMochaCounts('Error: Cannot find module'), undefined);
    assert.equal(readCounts('Error: Cannot find module'), undefined);
  });

  it('reads what it writes, and adds it up', () => {
    const counts = { passed: 3, failed: 0, skipped: 1 };
    assert.deepEqual(readCounts(`noise\n${describeCounts(counts)}\n`), counts);
    assert.equal(
      describeCounts(add(counts, { passed: 1, failed: 1, skipped: 0 })),
      '4 passed, 1 failed, 1 skipped',
    );
    assert.equal(describeStep('unit', counts, 12_400), 'unit: 3 passed, 0 failed, 1 skipped, 12 s');
  });
});
