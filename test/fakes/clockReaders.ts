/**
 * A plugin of mocha: writes to the file named in `PILOT_CLOCK_READERS` which test files read the clock of the machine, in
 * their own code or in the code they test. Only these can depend on the day on which they run.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { watchClock } from './shiftedDate.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const list = process.env['PILOT_CLOCK_READERS'];
const readers = new Set<string>();
let running: string | undefined;

/** The reader is what called Date; that fast-check or mocha reads the clock, called by a test, does not count. */
function isReadByProject(stack: string): boolean {
  const frames = stack.split('\n').slice(1);
  const reader = frames.find((frame) => !/shiftedDate|clockReaders/u.test(frame)) ?? '';
  return reader.includes(root) && !reader.includes('node_modules');
}

watchClock(() => {
  if (running === undefined || readers.has(running)) return;
  if (isReadByProject(new Error().stack ?? '')) readers.add(running);
});

interface Hook {
  readonly currentTest?: { readonly file?: string };
}

export const mochaHooks = {
  beforeEach(this: Hook): void {
    running = this.currentTest?.file;
  },
  afterAll(): void {
    if (list !== undefined) writeFileSync(list, JSON.stringify([...readers].sort()));
  },
};
