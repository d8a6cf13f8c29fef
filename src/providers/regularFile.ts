/** The one way in which files of a workspace are read by path: what a repository puts there may be a trap. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';

export interface ReadLimits {
  /** Folders within whose real path the file must really lie. */
  readonly roots: readonly string[];
  readonly maxBytes: number;
  /** By the real path: a link's own name says nothing of what it leads to. */
  readonly isForbidden: (realPath: string) => boolean;
}

/**
 * The text of a regular file; undefined for anything else: what vanished, is unreadable or too large, a folder, a device
 * or pipe (reading `/dev/zero` never ends, opening a pipe waits for a writer), and what a link leads to outside.
 */
export async function readRegularFile(file: string, limits: ReadLimits): Promise<string | undefined> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    const real = await realpath(file);
    if (limits.isForbidden(real) || !(await isWithin(real, limits.roots))) return undefined;
    // Neither waits for a pipe's writer nor follows a link that has taken the file's place meanwhile.
    handle = await open(real, constants.O_RDONLY | NONBLOCK | NOFOLLOW);
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > limits.maxBytes) return undefined;
    return await readWhole(handle, stat.size);
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** Windows has neither; it has no such pipes in folders either. */
const NONBLOCK = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;
const NOFOLLOW = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

async function isWithin(real: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) {
    const inside = path.relative(await realpath(root).catch(() => root), real);
    if (inside !== '' && inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside))
      return true;
  }
  return false;
}

/** Undefined: there is more of it than it said, since it grows, or is one of the system's that say 0. */
async function readWhole(
  handle: Awaited<ReturnType<typeof open>>,
  size: number,
): Promise<string | undefined> {
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (length > size) return undefined;
    if (bytesRead === 0) return buffer.toString('utf8', 0, length);
  }
}
