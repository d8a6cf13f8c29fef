/**
 * A separate process for the disk tests (disk.test.ts): its folder fills up, or becomes read-only. Arguments: the
 * action, the folder. Prints one JSON object.
 */
import { chmodSync, copyFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LedgerRefusal, ReservationRequest } from '../../../src/app/ports/money.ts';
import { nano } from '../../../src/core/money.ts';
import type { Result } from '../../../src/core/result.ts';
import type { Store } from '../../../src/storage/host/openStore.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { databaseFile } from '../../../src/storage/worker/recovery.ts';
import { request, reserved, settlement, withStore } from './fixture.ts';

const [what = '', folder = ''] = process.argv.slice(2);
const BALLAST = path.join(folder, 'ballast');
const NOBODY = 65_534;
const EACH = 0.0001;
const LATE = 0.02;

const trials: Readonly<Record<string, () => Promise<object>>> = {
  fill,
  after,
  'read-only-folder': () => readOnly(0o555),
  'read-only-file': () => readOnly(0o777),
};
const trial = trials[what];
if (!trial) throw new Error(`No trial ${what}`);
console.log(JSON.stringify(await trial()));

/** Reserves until the disk is full; the ballast file is deleted afterwards. */
async function fill(): Promise<object> {
  writeFileSync(BALLAST, Buffer.alloc(200_000));
  return inStore(async (store) => {
    const open = await reserved(store, request(EACH, { limit: nano(5) }));
    let granted = 1;
    let last = 'granted';
    for (; granted < 20_000; granted++) {
      last = await tell(store, { language: 'x'.repeat(2_000) });
      if (last !== 'granted') break;
    }
    // Above its reservation: the excess was never counted.
    const billed = await store.ledger.settle(open.id, settlement(LATE));
    return { granted, last, billed: billed.ok, ...(await standing(store)) };
  });
}

async function after(): Promise<object> {
  rmSync(BALLAST);
  return inStore(async (store) => ({ last: await tell(store), ...(await standing(store)) }));
}

/** The file is replaced, as by a restored backup, so it is opened again; and it is read-only. */
async function readOnly(folderMode: number): Promise<object> {
  return inStore(async (store) => {
    const before = await tell(store);
    const file = databaseFile(folder);
    const other = await openDatabase(file, { busyMs: 1000 });
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    copyFileSync(file, `${file}.copy`);
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    renameSync(`${file}.copy`, file);
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o444);
    chmodSync(folder, folderMode);
    // Permissions do not restrict root.
    if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
    const last = await tell(store);
    const found = { before, last, ...(await standing(store)) };
    process.seteuid?.(process.getuid?.() ?? 0);
    chmodSync(folder, 0o777);
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o666);
    return { ...found, afterwards: await tell(store), files: readdirSync(folder) };
  });
}

async function inStore(work: (store: Store) => Promise<object>): Promise<object> {
  let found: object = {};
  await withStore({ folder }, async (store) => {
    found = await work(store);
  });
  return found;
}

async function tell({ ledger }: Store, order: Partial<ReservationRequest> = {}): Promise<string> {
  const result: Result<unknown, LedgerRefusal> = await ledger.reserve(
    request(EACH, { ...order, limit: nano(5) }),
  );
  if (result.ok) return 'granted';
  return result.error.kind === 'unavailable' ? `${result.error.problem}` : result.error.kind;
}

/** The window's summary, and whether free models continue. */
async function standing({ ledger }: Store): Promise<object> {
  const { state, reserved, settled: spent } = ledger.summary();
  const free = await ledger.reserve(request(0));
  const settled = free.ok && (await ledger.settle(free.value.id, settlement(0)));
  return {
    state,
    spent: spent / nano(LATE),
    reserved: Math.round(reserved / nano(EACH)),
    free: free.ok && settled !== false && settled.ok,
  };
}
