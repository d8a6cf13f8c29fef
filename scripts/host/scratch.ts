import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot } from './paths.ts';

export interface Scratch {
  readonly folder: string;
  remove(): void;
}

/** A folder for one run. Its path is short: VS Code puts a Unix socket into it, whose path is limited to 108 bytes. */
export function makeScratch(): Scratch {
  const folder = mkdtempSync(path.join(tmpdir(), 'pilot-'));
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
}

/** Copies the sample workspace, so neither tests nor users change the repository. */
export function copySampleWorkspace(to: string): string {
  cpSync(inRoot('test/workspace'), to, { recursive: true });
  return to;
}
