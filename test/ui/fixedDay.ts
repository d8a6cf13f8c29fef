/**
 * A workbench on a fixed day, for views that show a month of data: they look the same on any day of the run, also on
 * the first of a month. The extension host's clock is shifted (scripts/host/shiftedExtension.ts); the browser's is not,
 * since it shows only times that the extension host formats.
 */
import assert from 'node:assert/strict';
import { openDatabase } from '../../src/storage/worker/database.ts';
import { databaseFile } from '../../src/storage/worker/recovery.ts';
import { fillStore } from '../fakes/filledStore.ts';
import { practiceMonth } from '../fakes/practiceMonth.ts';
import type { Workbench } from './driver.ts';

/** Local time: two thirds of a month of 31 days. */
export const day = '2026-10-21T15:00:00';

/** Once the extension has opened its database: writes the month so far, as another window would. */
export async function fillMonth({ globalStorageFolder }: Workbench): Promise<void> {
  const db = await openDatabase(databaseFile(globalStorageFolder), { busyMs: 5_000 });
  try {
    const period = db.get(`SELECT value FROM meta WHERE key = 'period'`)?.['value'];
    assert.equal(period, day.slice(0, 7), 'the extension lives on the fixed day');
    fillStore(db, practiceMonth(Date.parse(day)));
  } finally {
    db.close();
  }
}
