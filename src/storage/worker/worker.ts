/** The thread that owns this window's connection to the database. Bundled as a file of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StoreThread } from '../protocol.ts';
import { WorkerStore, type StoreQuestion } from './workerStore.ts';

const store = new WorkerStore(workerData as StoreThread);
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (question: StoreQuestion) => {
  // Answers questions one after the other, in their order.
  last = last.then(async () => parentPort?.postMessage(await store.answer(question)));
});
