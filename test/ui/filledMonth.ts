/** A month of data for the views, in the month of the run. */
import { openDatabase } from '../../src/storage/worker/database.ts';
import { databaseFile } from '../../src/storage/worker/recovery.ts';
import { fillStore } from '../fakes/filledStore.ts';
import { practiceMonth } from '../fakes/practiceMonth.ts';
import type { Workbench } from './driver.ts';

/** Once the extension has opened its database: writes the month so far, as another window would. */
export async function fillMonth({ globalStorageFolder }: Workbench): Promise<void> {
  const db = await openDatabase(databaseFile(globalStorageFolder), { busyMs: 5_000 });
  try {
    fillStore(db, practiceMonth(Date.now()));
  } finally {
    db.close();
  }
}
