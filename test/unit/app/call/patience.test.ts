import assert from 'node:assert/strict';
import { atMost } from '../../../../src/app/call/patience.ts';

describe('atMost', () => {
  /** Time that the test advances by hand. */
  const clock = () => {
    const waits = new Set<() => void>();
    const after = (_ms: number, run: () => void) => {
      waits.add(run);
      return { dispose: () => void waits.delete(run) };
    };
    return { waits, after };
  };

  it('waits for the work, and for nothing after it', async () => {
    const { waits, after } = clock();
    await atMost(10, Promise.resolve(), after);
    assert.equal(waits.size, 0);
  });

  it('waits no longer than it has patience', async () => {
    const { waits, after } = clock();
    const waiting = atMost(10, new Promise(() => undefined), after);
    for (const run of [...waits]) run();
    await waiting;
  });

  it('fails with the work', async () => {
    const { waits, after } = clock();
    await assert.rejects(atMost(10, Promise.reject(new Error('no')), after), /no/);
    assert.equal(waits.size, 0);
  });
});
