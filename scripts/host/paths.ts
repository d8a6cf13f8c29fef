import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export const inRoot = (...parts: readonly string[]): string => path.join(root, ...parts);

/** The packaged extension, under one name for all versions, so scripts and people find it. */
export const vsixFile = inRoot('out/pilot-assistant.vsix');
