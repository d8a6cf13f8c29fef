/** The only way to read a workspace's file by path: a repository may contain traps. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';

export interface ReadLimits {
  /** Folders that must contain the file's real path. */
  readonly roots: readonly string[];
  readonly maxBytes: number;
  /** Judges the real path, since a link's own name does not tell its target. */
  readonly isForbidden: (realPath: string) => boolean;
}

/**
 * The text of a regular file; undefined for anything else: a file that disappeared, is unreadable or too large, a
 * folder, a device or pipe (reading `/dev/zero` never ends, opening a pipe waits for a writer), and a link to a target
 * outside.
 */
export async function readRegularFile(file: string, limits: ReadLimits): Promise<string | undefined> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    const real = await realpath(file);
    if (limits.isForbidden(real) || !(await isWithin(real, limits.roots))) return undefined;
    // These flags neither wait for a pipe's writer nor follow a link that has replaced the file meanwhile.
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

/** Windows has neither flag, and no such pipes in folders. */
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

/** Undefined where the file is larger than its stated size: it grows, or is a system file with size 0. */
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
