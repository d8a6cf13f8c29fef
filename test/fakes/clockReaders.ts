/**
 * A plugin of mocha: writes to the file named in `PILOT_CLOCK_READERS` the test files that read the machine's clock, in
 * their own code or in the code they test. Only these can depend on the day of the run.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { watchClock } from './shiftedDate.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const list = process.env['PILOT_CLOCK_READERS'];
const readers = new Set<string>();
let running: string | undefined;

/** The direct caller of Date is the reader; a test that calls fast-check or mocha is not. */
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
