/** Waits for a state and never for a fixed time. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 100;

/** False where the state was not reached in time. */
export async function within(timeoutMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await holds()) return true;
    await sleep(pollMs);
  }
  return false;
}

/** Fails with "Waited in vain until `what`". */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 30_000,
): Promise<void> {
  if (!(await within(timeoutMs, holds))) assert.fail(`Waited in vain until ${what}`);
}
