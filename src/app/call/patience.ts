import type { EngineParts } from './engine.ts';

/** Settles with the work, or after the given time; the work continues in either case. */
export async function atMost(ms: number, work: Promise<unknown>, after: EngineParts['after']): Promise<void> {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const timer = after(ms, end);
  try {
    await Promise.race([work, over]);
  } finally {
    timer.dispose();
  }
}
