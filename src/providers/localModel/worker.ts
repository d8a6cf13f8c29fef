/** The worker's entry: a thread of its own, so that neither indexing nor a query takes time from the editor. */
import { opendir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { MAX_FILE_CHARS } from '../../core/local/indexable.ts';
import { isSecretFile } from '../../app/ask/secretFiles.ts';
import { invariant, ok } from '../../core/result.ts';
import { readRegularFile } from '../regularFile.ts';
import { perform, type Question } from '../../threads/operations.ts';
import { LocalIndex, operations, type LocalOperations } from './localIndex.ts';
import type { LocalReply } from './protocol.ts';
import type { WalkEntry } from './walk.ts';

const port = parentPort;
invariant(port !== null, 'the local model worker runs in a worker thread');
const { maxTokens } = workerData as { readonly maxTokens: number };

const engine = new LocalIndex({
  maxTokens,
  lister: {
    list,
    read: (path, roots) =>
      readRegularFile(path, { roots, maxBytes: MAX_FILE_CHARS, isForbidden: isSecretFile }),
  },
});
let working = false;

port.on('message', (question: Question<keyof LocalOperations>) => {
  const { id } = question;
  const tell = (reply: Omit<LocalReply, 'id' | 'stats'>): void =>
    port.postMessage({ id, stats: engine.stats, ...reply } satisfies LocalReply);
  const answer = perform(
    operations(engine, () => tell({})),
    question,
  );
  // An immediate answer is sent at once: a query does not wait for the next slice.
  if (answer instanceof Promise) void answer.then((value) => tell({ result: ok(value) }));
  else tell({ result: ok(answer) });
  if (!working) void work();
});

/** After each slice the waiting messages are handled, so that a query waits for one slice at most. */
async function work(): Promise<void> {
  working = true;
  while (await engine.step()) await new Promise((resolve) => setImmediate(resolve));
  working = false;
}

/** Entry by entry, so that a folder of a million files is never in memory at once. */
async function* list(folder: string): AsyncGenerator<WalkEntry, void> {
  try {
    for await (const entry of await opendir(folder)) {
      yield { name: entry.name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other' };
    }
  } catch {
    // It disappeared, or may not be read, and is left out.
  }
}
