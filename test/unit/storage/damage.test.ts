/**
 * One byte of the database or of its journal is changed, 200 times each, from a fixed seed: paid calls continue only
 * where the month counts at least the committed amount and the limit is at most the one that the user set.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LedgerRefusal, Reservation } from '../../../src/app/ports/money.ts';
import type { NanoUsd } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import type { Result } from '../../../src/core/result.ts';
import type { News } from '../../../src/storage/protocol.ts';
import { integer, openDatabase } from '../../../src/storage/worker/database.ts';
import { WorkerStore } from '../../../src/storage/worker/workerStore.ts';
import { databaseFile, mirrorFile } from '../../../src/storage/worker/recovery.ts';
import { seeded } from '../../fakes/random.ts';
import { type Asked, askOf, request, settlement, temporaryFolder } from './fixture.ts';

const LIMIT = nano(5);

interface Original {
  readonly folder: string;
  readonly journal: boolean;
  readonly news: News;
}

// The worker's own object without the thread: 400 threads would take a minute.
const storeIn = (folder: string, remembered?: News['mirror']): WorkerStore =>
  new WorkerStore({ folder, workspaceId: 'w1', busyMs: 100, remembered });

/** A month with every kind of money: spent, held, reserved, raised, in two workspaces, in chat and completions. */
async function busyMonth(folder: string, journal: boolean): Promise<Original> {
  const store = storeIn(folder);
  let news: News | undefined;
  const ask = askOf(store);
  const tell = async (...question: Asked): Promise<unknown> => {
    const reply = await ask(...question);
    news = reply.news ?? news;
    assert.ok(reply.result.ok, JSON.stringify(reply.result));
    return reply.result.value;
  };
  const made = async (worst: number, other = {}): Promise<Reservation> => {
    const result = (await tell('reserve', request(worst, { limit: LIMIT, ...other }))) as Result<
      Reservation,
      LedgerRefusal
    >;
    assert.ok(result.ok);
    return result.value;
  };
  await tell('raiseLimit', nano(1));
  for (let n = 0; n < 12; n++) {
    const { id } = await made(0.2, {
      workspaceId: n % 2 ? 'w1' : 'w2',
      ...(n % 3 === 0 && { purpose: 'inline' }),
    });
    if (n % 4 === 0) continue;
    const heldBack = (n % 4 === 1 ? nano(0.1) : 0) as NanoUsd;
    await tell('settle', id, settlement(0.07 + n / 1000, { heldBack, generationId: `gen-${n}` }));
  }
  assert.ok(news);
  // The state after a crash: the journal is not folded into the file.
  if (journal)
    for (const suffix of ['', '-wal'])
      copyFileSync(databaseFile(folder) + suffix, path.join(folder, `kept${suffix}`));
  await ask('close');
  if (!journal) copyFileSync(databaseFile(folder), path.join(folder, 'kept'));
  return { folder, journal, news };
}

/** Copies of the original files in a folder of their own, one of them changed. */
function damaged({ folder, journal }: Original, to: string, change: (bytes: Buffer) => void): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  copyFileSync(mirrorFile(folder), mirrorFile(to));
  copyFileSync(path.join(folder, 'kept'), databaseFile(to));
  const changed = journal ? 'kept-wal' : 'kept';
  const bytes = readFileSync(path.join(folder, changed));
  change(bytes);
  writeFileSync(databaseFile(to) + (journal ? '-wal' : ''), bytes);
}

const anywhere = (file: string): Promise<readonly number[]> =>
  Promise.resolve(Array.from({ length: readFileSync(file).length }, (_, at) => at));

/** Used positions in the pages of the tables on which the limit rests. */
async function inMoneyRows(file: string): Promise<readonly number[]> {
  const db = await openDatabase(file, { busyMs: 100, readOnly: true });
  const size = db.pragmaNumber('page_size');
  const pages = db.all(`SELECT rootpage FROM sqlite_schema WHERE name IN ('spend', 'raises', 'meta')`);
  db.close();
  const bytes = readFileSync(file);
  return pages.flatMap((row) => {
    const from = (integer(row, 'rootpage') - 1) * size;
    return Array.from({ length: size }, (_, n) => from + n).filter((at) => bytes[at] !== 0);
  });
}

/** The month's total in a state in which paid calls continue; undefined = they wait for the user. */
async function believed(
  folder: string,
  remembered: News['mirror'] | undefined,
): Promise<News['summary'] | undefined> {
  const ask = askOf(storeIn(folder, remembered));
  try {
    let news: News | undefined;
    const questions: Asked[] = [['poll'], ['periods'], ['entries', 0, 100], ['holds']];
    for (const question of questions) news = (await ask(...question)).news ?? news;
    const { result } = await ask('reserve', request(0.000_001, { limit: nano(1_000) }));
    const granted = result.ok && (result.value as Result<unknown, unknown>).ok;
    return granted
      ? (news?.summary ?? assert.fail('paid calls go on and nobody is told what is spent'))
      : undefined;
  } finally {
    await ask('close');
  }
}

describe('a byte that is another one', function () {
  this.timeout(120_000);
  for (const [what, journal, remembers, placesIn, flips] of [
    ['in the database', false, true, anywhere, 200],
    ['in the rows of sums, raises and the period', false, true, inMoneyRows, 60],
    ['in those rows, where globalState remembers nothing', false, false, inMoneyRows, 60],
    ['in the journal', true, true, anywhere, 200],
  ] as const) {
    it(`${what} lowers no total and raises no limit without a question`, async () => {
      const { folder, remove } = temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : undefined);
      try {
        const original = await busyMonth(folder, journal);
        const { summary, mirror } = original.news;
        const total = summary.settled + summary.reserved + summary.heldBack;
        const random = seeded(11);
        const places = await placesIn(path.join(folder, journal ? 'kept-wal' : 'kept'));
        const lowered: string[] = [];
        let asked = 0;
        damaged(original, path.join(folder, 'copy'), () => undefined);
        assert.ok(await believed(path.join(folder, 'copy'), mirror), 'as it was, nothing is asked');
        for (let n = 0; n < flips; n++) {
          let where = '';
          damaged(original, path.join(folder, 'copy'), (bytes) => {
            const at = places[Math.floor(random() * places.length)] ?? 0;
            const by = 1 << Math.floor(random() * 8);
            bytes[at] = (bytes[at] ?? 0) ^ by;
            where = `${at} ^ ${by}`;
          });
          const now = await believed(path.join(folder, 'copy'), remembers ? mirror : undefined);
          if (!now) asked += 1;
          else if (
            now.period !== summary.period ||
            now.settled + now.reserved + now.heldBack < total ||
            now.raisedBy > summary.raisedBy
          )
            // prettier-ignore
            lowered.push(`${where}: ${now.period} ${now.settled + now.reserved + now.heldBack} of ${total}, raised ${now.raisedBy}`);
        }
        assert.deepEqual(lowered, []);
        // Every byte of the journal matters: entries after a damaged one are not replayed.
        if (!journal) assert.ok(asked < flips, 'not every byte is money');
      } finally {
        remove();
      }
    });
  }
});
