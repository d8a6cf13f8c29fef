/** Why the store is unusable, as a kind for which the interface has a sentence. */
import type { StorageProblem } from '../../app/ports/money.ts';

export class StorageFailure extends Error {
  readonly kind: StorageProblem | 'corrupt';

  constructor(kind: StorageProblem | 'corrupt', message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html); the extended ones carry them in the low byte. */
const byCode: ReadonlyMap<number, StorageFailure['kind']> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'read-only'],
  [10, 'io-error'],
  [11, 'corrupt'],
  [13, 'disk-full'],
  [14, 'read-only'],
  [23, 'read-only'],
  [26, 'corrupt'],
]);

const byErrno: ReadonlyMap<string, StorageFailure['kind']> = new Map([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EFBIG', 'disk-full'],
  ['EROFS', 'read-only'],
  ['EACCES', 'read-only'],
  ['EPERM', 'read-only'],
  ['ENOTDIR', 'read-only'],
  ['EEXIST', 'read-only'],
]);

/** Any error as a failure with a kind; an unknown one is an input/output error. */
export function asFailure(error: unknown): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const raw = error instanceof Error ? (error as Error & { errcode?: unknown; code?: unknown }) : undefined;
  const message = raw?.message ?? String(error);
  const errcode = typeof raw?.errcode === 'number' ? raw.errcode & 0xff : undefined;
  const kind =
    (errcode === undefined ? undefined : byCode.get(errcode)) ??
    (typeof raw?.code === 'string' ? byErrno.get(raw.code) : undefined);
  return new StorageFailure(kind ?? 'io-error', message, error);
}
