import assert from 'node:assert/strict';
import { Health } from '../../../../src/app/call/health.ts';
import type { ProviderError, ProviderErrorKind } from '../../../../src/app/ports/models.ts';
import type { ArmId } from '../../../../src/core/brand.ts';

const arm = 'fake/small' as ArmId;
const failure = (kind: ProviderErrorKind, retryAfterMs?: number): ProviderError => ({
  kind,
  served: 'no',
  status: undefined,
  retryAfterMs,
  detail: '',
});

describe('the circuit breaker of an arm', () => {
  it('rests longer with each failure, and not at all after a success', () => {
    const health = new Health();
    health.failed(arm, failure('server-error'), 0);
    assert.ok(health.isOpen(arm, 14_999));
    assert.ok(!health.isOpen(arm, 15_000));
    health.failed(arm, failure('timeout'), 15_000);
    assert.ok(health.isOpen(arm, 44_999));
    health.succeeded(arm);
    assert.ok(!health.isOpen(arm, 20_000));
  });

  it('does as the endpoint asks, within reason', () => {
    const health = new Health();
    health.failed(arm, failure('rate-limited', 2_000), 0);
    assert.ok(health.isOpen(arm, 1_999) && !health.isOpen(arm, 2_000));
    health.failed(arm, failure('rate-limited', 999_999_999), 0);
    assert.ok(!health.isOpen(arm, 10 * 60_000));
  });

  it('waits for the user where only the user can help, until something changed', () => {
    const health = new Health();
    health.failed(arm, failure('wrong-key'), 0);
    assert.ok(health.isOpen(arm, 30 * 60_000));
    health.reset();
    assert.ok(!health.isOpen(arm, 0));
  });

  it('rests a moment, and not an hour, where a setting or a shorter answer may help, and longer each time', () => {
    for (const kind of ['forbidden', 'cannot-afford'] as const) {
      const health = new Health();
      health.failed(arm, failure(kind), 0);
      assert.ok(health.isOpen(arm, 14_999) && !health.isOpen(arm, 15_000));
      health.failed(arm, failure(kind), 0);
      assert.ok(health.isOpen(arm, 29_999));
      for (let n = 0; n < 20; n++) health.failed(arm, failure(kind), 0);
      assert.ok(!health.isOpen(arm, 10 * 60_000));
    }
  });

  it('takes a retry-after of zero for none', () => {
    const health = new Health();
    health.failed(arm, failure('rate-limited', 0), 0);
    assert.ok(health.isOpen(arm, 14_999));
  });

  it('blames no arm for a cancelled or an unfit request', () => {
    const health = new Health();
    for (const kind of [
      'cancelled',
      'too-long',
      'bad-request',
      'too-large',
      'wrong-address',
      'state-refused',
    ] as const)
      health.failed(arm, failure(kind), 0);
    assert.ok(!health.isOpen(arm, 1));
    assert.ok(!health.refusedEffort(arm));
  });

  it('keeps a refused effort in mind until something changed, however well the arm answers elsewhere', () => {
    const health = new Health();
    health.failed(arm, failure('effort-refused'), 0);
    assert.ok(!health.isOpen(arm, 1));
    health.succeeded(arm);
    assert.ok(health.refusedEffort(arm));
    health.reset();
    assert.ok(!health.refusedEffort(arm));
  });

  it('gives every arm a new chance when settings, keys or VS Code’s offer changed', () => {
    for (const changed of [0, 1, 2]) {
      const listeners: (() => void)[] = [];
      const source = { onDidChange: (listener: () => void) => listeners.push(listener) };
      const health = new Health();
      health.resetWith([source, source, source]);
      health.failed(arm, failure('wrong-key'), 0);
      assert.ok(health.isOpen(arm, 60_000));
      listeners[changed]?.();
      assert.ok(!health.isOpen(arm, 60_000));
    }
  });
});
