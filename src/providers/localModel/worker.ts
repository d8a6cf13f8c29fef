/** The worker's entry: a thread of its own, so that neither indexing nor a query takes time from the editor. */
import { open, opendir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { MAX_FILE_CHARS } from '../../core/local/indexable.ts';
import { invariant } from '../../core/result.ts';
import { LocalEngine } from './engine.ts';
import type { ToWorker } from './protocol.ts';
import type { Entry } from './walk.ts';

const port = parentPort;
invariant(port !== null, 'the local model worker runs in a worker thread');
const { maxTokens } = workerData as { readonly maxTokens: number };

const engine = new LocalEngine({
  maxTokens,
  lister: { list, read },
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

/** Vanished, unreadable, a directory, too large: each is a reason to go on with the next file. */
async function read(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    return size > MAX_FILE_CHARS ? undefined : await file.readFile('utf8');
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
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
