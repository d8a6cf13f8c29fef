/** One window at a time, by a folder that only one window can create. For rare repairs; SQLite locks payments. */
import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageFailure } from './failure.ts';

/** Longer than any repair takes; the window that held it longer has ended. */
const STALE_MS = 60_000;
const WAIT_MS = 10_000;
const STEP_MS = 50;

export async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; !tryLock(lock); waited += STEP_MS) {
    if (waited >= WAIT_MS) throw new StorageFailure('busy', 'Another window is repairing the database.');
    await sleep(STEP_MS);
  }
  try {
    return await work();
  } finally {
    unlock(lock);
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const age = ageOf(lock);
  if (age !== undefined && age > STALE_MS) unlock(lock);
  return false;
}

/**
 * Milliseconds. A wrong clock does not matter, since it dated the folder too; one that is set forward by more than a minute
 * during a repair ends the lock early.
 */
function ageOf(lock: string): number | undefined {
  try {
    return Date.now() - statSync(lock).mtimeMs;
  } catch {
    return undefined;
  }
}

function unlock(lock: string): void {
  try {
    rmdirSync(lock);
  } catch {
    // Another window has already removed the stale lock.
  }
}
