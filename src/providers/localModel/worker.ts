/** The worker's entry: a thread of its own, so that neither indexing nor a query takes time from the editor. */
import { opendir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { MAX_FILE_CHARS } from '../../core/local/indexable.ts';
import { isSecretFile } from '../../app/ask/secretFiles.ts';
import { invariant } from '../../core/result.ts';
import { readRegularFile } from '../regularFile.ts';
import { LocalEngine } from './engine.ts';
import type { ToWorker } from './protocol.ts';
import type { Entry } from './walk.ts';

const port = parentPort;
invariant(port !== null, 'the local model worker runs in a worker thread');
const { maxTokens } = workerData as { readonly maxTokens: number };

const engine = new LocalEngine({
  maxTokens,
  lister: {
    list,
    read: (path, roots) =>
      readRegularFile(path, { roots, maxBytes: MAX_FILE_CHARS, isForbidden: isSecretFile }),
  },
  send: (message) => port.postMessage(message),
});
let working = false;

port.on('message', (message: ToWorker) => {
  engine.receive(message);
  if (!working) void work();
});

/** After each slice the messages that have come meanwhile are handled: a query waits for one slice at most. */
async function work(): Promise<void> {
  working = true;
  while (await engine.step()) await new Promise((resolve) => setImmediate(resolve));
  working = false;
}

/** Entry by entry: a folder of a million files is never in memory at once. */
async function* list(folder: string): AsyncGenerator<Entry, void> {
  try {
    for await (const entry of await opendir(folder)) {
      yield { name: entry.name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other' };
    }
  } catch {
    // It vanished, or may not be read: it has nothing for us.
  }
}
