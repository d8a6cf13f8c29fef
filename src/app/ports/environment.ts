/**
 * Ports to the world around: the clock and the log. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real thing.
 */
import type { EpochMs } from '../../core/brand.ts';

export interface Clock {
  now(): EpochMs;
  /** Milliseconds of a clock that nothing sets; absent = `performance.now()`. */
  elapsed?(): number;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** `error` is redacted before it is written: no key, no prompt. */
  error(message: string, error?: unknown): void;
}

export interface Disposable {
  dispose(): void;
}
