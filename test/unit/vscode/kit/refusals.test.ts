import assert from 'node:assert/strict';
import { Refusals } from '../../../../src/vscode/kit/refusals.ts';

describe('messages that are none of the protocol', () => {
  it('are counted, and logged at 1, 10, 100', () => {
    const lines: string[] = [];
    const refusals = new Refusals('The page', { warn: (line) => void lines.push(line) });
    for (let n = 0; n < 250; n++) refusals.add();
    assert.deepEqual(lines, [
      'The page sent one message that is none of the protocol: refused.',
      'The page sent 10 messages that are none of the protocol: refused.',
      'The page sent 100 messages that are none of the protocol: refused.',
    ]);
  });
});
