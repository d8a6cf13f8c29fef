import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot } from './paths.ts';

export interface Scratch {
  readonly folder: string;
  remove(): void;
}

/** A folder for one run. Its path stays short: VS Code puts a Unix socket into it, and those end at 108 bytes. */
export function makeScratch(): Scratch {
  const folder = mkdtempSync(path.join(tmpdir(), 'pilot-'));
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
}

/** The sample workspace, copied, so that neither tests nor a person's play change the repository. */
export function copySampleWorkspace(to: string): string {
  cpSync(inRoot('test/workspace'), to, { recursive: true });
  return to;
}
