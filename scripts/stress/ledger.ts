/**
 * Real processes on one ledger: calls that overlap, cancel, fail and are killed at random moments, clocks that jump,
 * and a final audit of every row. Prints one JSON object.
 *
 *   npm run stress:ledger -- --processes 8 --seconds 30 --limit 1.00 --kill [--seed 1]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nanoFloor } from '../../src/core/money.ts';
import { audit } from './audit.ts';
import type { JournalLine } from './journal.ts';
import { quantile, timeReservations } from './latency.ts';
import { seeded } from '../train/random.ts';

const { values: flags } = parseArgs({
  options: {
    processes: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '30' },
    limit: { type: 'string', default: '1.00' },
    kill: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const child = fileURLToPath(new URL('./caller.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'pilot-stress-'));
const random = seeded(Number(flags.seed));
const running = new Map<number, ChildProcess>();
const endsAt = performance.now() + 1000 * Number(flags.seconds);
let started = 0;
let killed = 0;

try {
  for (let slot = 0; slot < Number(flags.processes); slot++) start(slot);
  while (performance.now() < endsAt) {
    await sleep(300 + 900 * random());
    if (flags.kill) killOne();
  }
  await stopAll();
  const report = await audit(folder, nanoFloor(Number(flags.limit)), journals());
  const unloaded = await timeReservations(1000);
  const { loadedMs, ...counts } = report;
  console.log(
    JSON.stringify({
      ...counts,
      killed,
      p50ReserveMs: round(quantile(unloaded, 0.5)),
      p99ReserveMs: round(quantile(unloaded, 0.99)),
      loadedP50ReserveMs: round(quantile(loadedMs, 0.5)),
      loadedP99ReserveMs: round(quantile(loadedMs, 0.99)),
    }),
  );
  process.exitCode = report.overspendUsd > 0 || report.lostEntries > 0 || report.doubleSettled > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function start(slot: number): void {
  const seed = String(Number(flags.seed) * 1000 + started++);
  const caller = spawn(process.execPath, [child, folder, seed, flags.limit], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.set(slot, caller);
}

/** SIGKILL, so that nothing in the process gets to tidy up; another takes its place. */
function killOne(): void {
  const slot = Math.floor(random() * running.size);
  running.get(slot)?.kill('SIGKILL');
  killed++;
  start(slot);
}

/** The rest end well: they finish their calls on SIGTERM. */
async function stopAll(): Promise<void> {
  await Promise.all(
    [...running.values()].map(async (caller) => {
      if (caller.exitCode !== null || caller.signalCode !== null) return;
      const ended = new Promise((resolve) => caller.once('exit', resolve));
      caller.kill('SIGTERM');
      await ended;
    }),
  );
}

function journals(): JournalLine[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.journal'));
  return files.flatMap((name) =>
    readFileSync(path.join(folder, name), 'utf8')
      .split('\n')
      // A killed writer may have left half a line: it told nobody, so it counts for nothing.
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as JournalLine),
  );
}

function round(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}
