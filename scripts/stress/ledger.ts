/**
 * Runs real processes on one ledger: calls that overlap, cancel, fail and are killed at random moments, clocks that
 * jump, and a final audit of every row. Prints one JSON object; all else goes to stderr. Sums are over all months that
 * the jumping clocks reached, the overspend is that of the worst month.
 *
 *   npm run stress:ledger -- --processes 8 --seconds 30 --limit 1.00 --kill [--seed 1]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nanoFloor } from '../../src/core/money.ts';
import { databaseFile } from '../../src/storage/worker/recovery.ts';
import { audit } from './audit.ts';
import { numberIn, readFlags } from './flags.ts';
import type { JournalLine } from './journal.ts';
import { quantile, timeReservations } from './latency.ts';
import { seeded } from '../train/random.ts';

const flags = flagsOf();

const child = fileURLToPath(new URL('./caller.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'pilot-stress-'));
const random = seeded(flags.seed);
const running = new Map<number, ChildProcess>();
let started = 0;
let killed = 0;

try {
  for (let slot = 0; slot < flags.processes; slot++) start(slot);
  // On a busy machine a process may need seconds to start: the time counts from the first one that has started.
  while (!existsSync(databaseFile(folder))) await sleep(50);
  const endsAt = performance.now() + 1000 * flags.seconds;
  while (performance.now() < endsAt) {
    await sleep(300 + 900 * random());
    if (flags.kill) killOne();
  }
  await stopAll();
  const report = await audit(folder, nanoFloor(flags.limit), journals());
  const unloaded = await timeReservations(1000);
  const { calls, refused, settledUsd, worstCaseUsd, limitUsd, overspendUsd, lostEntries, doubleSettled } =
    report;
  console.log(
    JSON.stringify({
      calls,
      refused,
      killed,
      settledUsd,
      worstCaseUsd,
      limitUsd,
      overspendUsd,
      lostEntries,
      doubleSettled,
      p50ReserveMs: round(quantile(unloaded, 0.5)),
      p99ReserveMs: round(quantile(unloaded, 0.99)),
    }),
  );
  const loaded = [0.5, 0.99].map((q) => `p${100 * q} ${round(quantile(report.loadedMs, q))} ms`).join(', ');
  console.error(`${report.months} months; a reservation beside the other processes: ${loaded}`);
  process.exitCode = report.overspendUsd > 0 || report.lostEntries > 0 || report.doubleSettled > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function start(slot: number): void {
  const seed = String(flags.seed * 1000 + started++);
  const caller = spawn(process.execPath, [child, folder, seed, String(flags.limit)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.set(slot, caller);
}

/** SIGKILL, so the process cannot clean up; another process replaces it. */
function killOne(): void {
  const slot = Math.floor(random() * running.size);
  running.get(slot)?.kill('SIGKILL');
  killed++;
  start(slot);
}

/** The other processes end normally: they finish their calls on SIGTERM. */
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
      // A killed writer may have left half a line; its caller was not told, so the line does not count.
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as JournalLine),
  );
}

function round(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}

function flagsOf(): { processes: number; seconds: number; limit: number; kill: boolean; seed: number } {
  const options = {
    processes: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '30' },
    limit: { type: 'string', default: '1.00' },
    kill: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  } as const;
  const { values } = readFlags(() => parseArgs({ options }));
  return {
    processes: numberIn('processes', values.processes, 1, 64, true),
    seconds: numberIn('seconds', values.seconds, 1, 3600, false),
    limit: numberIn('limit', values.limit, 0, 1e6, false),
    kill: values.kill,
    seed: numberIn('seed', values.seed, 0, 1e9, true),
  };
}
