/**
 * The month's total beside the database, for a database that becomes unreadable. It is written inside each money
 * transaction, just before the commit, so two windows write it in the order of their commits, and it is at most one
 * transaction ahead of the database, never behind.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { decodeMirror, type MirroredTotal } from '../mirroredTotal.ts';

export function writeMirror(file: string, total: MirroredTotal): void {
  const temporary = `${file}.${process.pid}.tmp`;
  const content = contentOf(total);
  writeFileSync(temporary, content);
  try {
    renameSync(temporary, file);
  } catch {
    // Windows refuses this while a virus scanner reads the old file; the checksum detects a partial file.
    writeFileSync(file, content);
  }
}

/** Where the disk has no room for another file: in place, padded to the old length. */
export function overwriteMirror(file: string, total: MirroredTotal): void {
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, contentOf(total).padEnd(fstatSync(handle).size), 0);
  } finally {
    closeSync(handle);
  }
}

function contentOf(total: MirroredTotal): string {
  const body = JSON.stringify(pick(total));
  return JSON.stringify({ version: 1, body, sum: checksum(body) });
}

/** Undefined when there is none, or its checksum is wrong. */
export function readMirror(file: string): MirroredTotal | undefined {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> | null;
    const body = stored?.['body'];
    if (typeof body !== 'string' || stored?.['sum'] !== checksum(body)) return undefined;
    return decodeMirror(JSON.parse(body));
  } catch {
    return undefined;
  }
}

const pick = ({ period, total, seq, raised, doubted }: MirroredTotal): MirroredTotal => ({
  period,
  total,
  seq,
  ...(raised !== undefined && { raised }),
  ...(doubted !== undefined && { doubted }),
});

const checksum = (body: string): string => createHash('sha256').update(`pilot ${body}`).digest('hex');
