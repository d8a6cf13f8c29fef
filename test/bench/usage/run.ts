/**
 * `npm run bench:usage`: how long the usage view takes to open on a large log. Prints the time from the command to the
 * first report (every sum of spend, from a cold worker), to the same again (warm), and until the decision log is read;
 * and how long the engine takes to start on it, with all of it still to be learned from and with that saved.
 *   --entries 100000   calls in the ledger and decisions in the log, all of one month
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readDigest } from '../../../src/app/usage/digest.ts';
import type { UsageSource } from '../../../src/app/usage/ports.ts';
import { planeOf } from '../../../src/app/usage/plane.ts';
import { qualitySeries } from '../../../src/app/usage/quality.ts';
import { spendReport } from '../../../src/app/usage/spend.ts';
import type { NanoUsd } from '../../../src/core/brand.ts';
import { extractFeatures } from '../../../src/core/features/features.ts';
import { bestArm, savingsAgainst } from '../../../src/core/routing/savings.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { openStore, type Store } from '../../../src/storage/host/openStore.ts';
import { databaseFile } from '../../../src/storage/worker/recovery.ts';
import { testEngine } from '../../fakes/engine.ts';
import { fillStore } from '../../fakes/filledStore.ts';
import { routedLog } from '../../fakes/routedLog.ts';
import { testSpace } from '../../fakes/space.ts';

const { values: flags } = parseArgs({ options: { entries: { type: 'string', default: '100000' } } });
const count = Number(flags.entries);
const now = new Date(2026, 10, 25, 12).getTime();
const start = new Date(2026, 10, 1).getTime();
const query = { period: undefined, workspaceId: undefined };
const clock = { now: () => now };
const workerPath = new URL('../../../src/storage/worker/worker.ts', import.meta.url);

const folder = mkdtempSync(path.join(tmpdir(), 'pilot-bench-'));
try {
  await fill();
  const store = await openStore({ folder, workerPath, workspaceId: 'w', clock, pollMs: 0 });
  const source = sourceOf(store);
  print('first report, cold worker', await timed(() => spendReport(source, query)), '(limit 500)');
  print('first report, warm', await timed(() => spendReport(source, query)));
  let digest: Awaited<ReturnType<typeof readDigest>> | undefined;
  const options = { head: 'ask' as const, workspaceId: undefined, abandoned: () => false };
  print(
    'decision log, read in the background',
    await timed(async () => (digest = await readDigest(store.usage, options))),
  );
  const rows = digest?.rows ?? [];
  const { length } = rows;
  print(`quality, plane and savings over ${length.toLocaleString()}`, await timed(() => estimates()));
  await store.close();
  print('engine ready, every decision to be learnt from', await timed(startEngine));
  print('engine ready, from what was saved', await timed(startEngine));

  function estimates(): void {
    if (!digest) return;
    qualitySeries(digest);
    planeOf(digest);
    const best = bestArm(rows);
    if (best !== undefined) savingsAgainst(best, rows);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const store = await openStore({ folder, workerPath, workspaceId: 'w', clock, pollMs: 0 });
  await store.usage.periods();
  await store.close();
  const contexts = ['typescript', 'python', ''].map((languageId) =>
    testSpace().project(
      extractFeatures({
        text: 'Why does this fail?',
        languageId,
        surface: 'ask',
        contextChars: 0,
        turn: 0,
        referenceCount: 0,
      }),
    ),
  );
  const { logged } = routedLog({
    seed: 1,
    prompts: 2_000,
    start,
    days: 24,
    budget: 10,
    workspaceId: 'w',
    contexts,
  });
  const db = await openDatabase(databaseFile(folder), { busyMs: 1_000 });
  fillStore(db, { logged, count, start, until: now, workspaces: ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6'] });
  db.close();
}

/** The wait of a window's first prompt: the store opened and the learned state read. */
async function startEngine(): Promise<void> {
  const engine = await testEngine({ endpoints: [], models: [], folder, now: clock.now });
  await engine.close();
}

function sourceOf(store: Store): UsageSource {
  return {
    usage: store.usage,
    clock,
    workspaceId: 'w',
    summary: () => store.ledger.summary(),
    arms: () => [],
    monthlyLimit: () => 1e10 as NanoUsd,
    decision: (id) => store.log.decision(id),
    formerModel: () => undefined,
  };
}

interface Time {
  readonly wall: number;
  /** Of all threads: at most the elapsed time on an idle machine. */
  readonly cpu: number;
}

async function timed(work: () => unknown): Promise<Time> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - began, cpu: (user + system) / 1_000 };
}

function print(what: string, { wall, cpu }: Time, note = ''): void {
  const [shown, busy] = [wall, cpu].map((ms) => ms.toFixed(0).padStart(6));
  console.log(`${what.padEnd(48)} ${shown} ms, ${busy} ms of processor ${note}`);
}
