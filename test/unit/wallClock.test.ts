import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';

/** The clock of the composition root, and the age of a file, whose date is of the same clock. */
const ALLOWED = ['src/extension.ts', 'src/storage/worker/lock.ts'];

describe('the wall clock', () => {
  it('is read by the composition root alone; spans are of the monotonic clock', () => {
    const readers = globSync('{src,media}/**/*.ts').filter((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .some((line) => !/^\s*(?:\/\*\*|\*|\/\/)/.test(line) && /\bDate\.now\(\)|\bnew Date\(\)/.test(line)),
    );
    assert.deepEqual(readers.toSorted(), ALLOWED);
  });
});
