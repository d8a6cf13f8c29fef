import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseNames } from '../../core/learning/prior.ts';
import { decodeSpace, type Space } from '../../core/learning/space.ts';

/** Milliseconds of work in one turn of the host's event loop, so typing stays smooth. */
const turnMs = 3;

/** The shared space of prompts and models, with the public ratings; it parses the models' names in short turns. */
export async function loadSpace(extensionPath: string): Promise<Space> {
  const stored: unknown = JSON.parse(await readFile(path.join(extensionPath, 'media', 'space.json'), 'utf8'));
  const decoded = decodeSpace(stored);
  // The artifact ships with the extension, so a bad one is a broken installation and not bad input.
  if (!decoded.ok) throw new Error(`media/space.json cannot be used: ${JSON.stringify(decoded.error)}`);
  const names = parseNames(decoded.value.models);
  let turn = performance.now();
  while (names.next().done !== true) {
    if (performance.now() - turn < turnMs) continue;
    await setImmediate();
    turn = performance.now();
  }
  return decoded.value;
}
