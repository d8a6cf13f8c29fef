import assert from 'node:assert/strict';
import type { ChatTurn } from '../../../../src/app/chat/messages.ts';
import { OpaqueMemory } from '../../../../src/app/chat/opaqueMemory.ts';

const turn = (id: string): ChatTurn => ({
  role: 'assistant',
  parts: [{ type: 'tool-call', call: { id, name: 'read', input: '{}' } }],
});
const recalled = (memory: OpaqueMemory, id: string): unknown => {
  const [part] = memory.recall([turn(id)])[0]?.parts ?? [];
  return part?.type === 'tool-call' ? part.call.opaque?.data : undefined;
};

describe('what providers want back with a call', () => {
  it('is put beside the call it came with, and no other', () => {
    const memory = new OpaqueMemory();
    memory.keep({ id: 'c1', opaque: { armId: 'a', data: 'SIG' } });
    memory.keep({ id: 'c2' });
    assert.equal(recalled(memory, 'c1'), 'SIG');
    assert.equal(recalled(memory, 'c2'), undefined);
  });

  it('is bounded: the oldest goes first, by number and by size', () => {
    const memory = new OpaqueMemory();
    for (let n = 0; n < 2_001; n++) memory.keep({ id: `c${n}`, opaque: { armId: 'a', data: n } });
    assert.deepEqual([recalled(memory, 'c0'), recalled(memory, 'c1')], [undefined, 1]);
    const half = 'x'.repeat(9 * 1024 * 1024);
    memory.keep({ id: 'big1', opaque: { armId: 'a', data: half } });
    memory.keep({ id: 'big2', opaque: { armId: 'a', data: half } });
    assert.deepEqual([recalled(memory, 'big1'), recalled(memory, 'big2')], [undefined, half]);
  });
});
