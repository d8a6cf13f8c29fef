/** Copies the readable part of a damaged file: row by row, table by table, until SQLite fails on each. */
import type { SQLInputValue } from 'node:sqlite';
import type { EpochMs } from '../../core/brand.ts';
import { openDatabase, type Database, type Row } from './database.ts';
import { rebuildSums } from './witnesses.ts';

const tables = [
  'entries',
  'raises',
  'releases',
  'notices',
  'requests',
  'demand',
  'log',
  'snapshots',
] as const;

/** False when not even the reading of the entries could begin. */
export async function salvage(file: string, into: Database): Promise<boolean> {
  let from: Database | undefined;
  try {
    from = await openDatabase(file, { busyMs: 1000 });
    const source = from;
    return into.immediate(() => {
      const copied = tables.map((table) => copyTable(source, into, table));
      copyMeta(source, into);
      rebuildSums(into);
      return copied[0] === true;
    });
  } catch {
    return false;
  } finally {
    from?.close();
  }
}

/** Whether reading the table could begin. */
function copyTable(from: Database, into: Database, table: (typeof tables)[number]): boolean {
  const known = into.all(`PRAGMA table_info(${table})`).map((column) => String(column['name']));
  let begun = false;
  try {
    for (const row of from.each(`SELECT * FROM ${table}`)) {
      begun = true;
      insertRow(into, table, known, row);
    }
    return true;
  } catch {
    // The rest of this table is unreadable; the earlier rows are kept.
    return begun;
  }
}

function insertRow(into: Database, table: string, known: readonly string[], row: Row): void {
  const columns = Object.keys(row).filter((column) => known.includes(column));
  const values = columns.map((column): SQLInputValue => row[column] ?? null);
  try {
    into.run(
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ...values,
    );
  } catch {
    // A row that violates a constraint is damaged itself.
  }
}

/**
 * No new row gets the number of a lost one: a row that a snapshot covers is neither read again nor kept, and an open
 * window continues to read from its position. No log has had as many rows as seconds have passed since 1970.
 */
export function continueLog(db: Database, now: EpochMs): void {
  db.run(
    `INSERT INTO sqlite_sequence (name, seq) SELECT 'log', 0
     WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'log')`,
  );
  db.run(
    `UPDATE sqlite_sequence SET seq = max(seq, ?, (SELECT coalesce(max(covers_seq), 0) FROM snapshots)) WHERE name = 'log'`,
    Math.floor(now / 1000),
  );
}

function copyMeta(from: Database, into: Database): void {
  try {
    for (const row of from.each(
      `SELECT * FROM meta WHERE key IN ('period', 'money_seq', 'forgettings', 'doubt')`,
    )) {
      insertRow(into, 'meta', ['key', 'value'], row);
    }
  } catch {
    // The period then comes from the clock.
  }
}
