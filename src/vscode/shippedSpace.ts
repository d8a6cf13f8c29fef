import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSpace, type Space } from '../core/space.ts';

/** The shared space of prompts and models, with the public ratings. */
export async function loadSpace(extensionPath: string): Promise<Space> {
  const stored: unknown = JSON.parse(await readFile(path.join(extensionPath, 'media', 'space.json'), 'utf8'));
  const decoded = decodeSpace(stored);
  // It ships with the extension, so a bad one is a broken installation, not bad input.
  if (!decoded.ok) throw new Error(`media/space.json cannot be used: ${JSON.stringify(decoded.error)}`);
  return decoded.value;
}
