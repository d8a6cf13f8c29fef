/**
 * Ports of the environment: the clock and the log. Each port has one real implementation under src/providers,
 * src/storage or src/vscode, and a fake under test/fakes that is as strict as the real one.
 */
import type { EpochMs } from '../../core/brand.ts';

export interface Clock {
  now(): EpochMs;
  /** Milliseconds of a monotonic clock; absent = `performance.now()`. */
  elapsed?(): number;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** Redacts `error` before writing it: no key, no prompt. */
  error(message: string, error?: unknown): void;
}

export interface Disposable {
  dispose(): void;
}
