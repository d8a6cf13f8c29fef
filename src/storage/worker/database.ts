/**
 * One SQLite connection with cached statements and immediate transactions. Synchronous: it lives in the worker thread,
 * which may wait for another window's lock.
 */
import type * as SqliteModule from 'node:sqlite';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { StorageFailure } from './failure.ts';

export type Row = Record<string, SQLOutputValue>;

export interface DatabaseOptions {
  readonly readOnly?: boolean;
  /** Milliseconds that a statement waits for another connection's lock. */
  readonly busyMs: number;
}

/**
 * `now`: a commit survives a power failure. `soon`: it survives a crash of the program, and a power failure once the
 * next commit of the other kind, or the system, has written it. It takes a hundredth of the time and is for data
 * without money.
 */
export type Durability = 'now' | 'soon';

export class Database {
  readonly #db: DatabaseSync;
  /** With a rollback journal, a commit that is not written at once could leave a damaged file. */
  readonly #isWal: boolean;
  readonly #statements = new Map<string, StatementSync>();
  /** Rows that answers left out, with the reasons; the reporter empties it. */
  readonly unreadable = new Set<string>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#isWal = db.prepare('PRAGMA journal_mode').get()?.['journal_mode'] === 'wal';
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  /**
   * Each row as converted by `read`. Where one is unreadable (a number beyond 53 bits, or text in its place), the rows
   * are read one by one: the readable ones are returned, and `unreadable` names the others. The table has a `seq`;
   * `where` is everything from WHERE on.
   */
  readable<T>(table: string, where: string, read: (row: Row) => T, ...values: readonly SQLInputValue[]): T[] {
    try {
      return this.all(`SELECT * FROM ${table} ${where}`, ...values).map(read);
    } catch (error) {
      if (!isAboutARow(error)) throw error;
    }
    return this.all(`SELECT seq FROM ${table} ${where}`, ...values).flatMap(({ seq }) => {
      try {
        return this.all(`SELECT * FROM ${table} WHERE seq = ?`, seq ?? null).map(read);
      } catch (error) {
        if (!isAboutARow(error)) throw error;
        this.unreadable.add(
          `${table} ${String(seq)}: ${error instanceof Error ? error.message : String(error)}`,
        );
        return [];
      }
    });
  }

  /** Row by row, for tables whose reading may fail in the middle. */
  each(sql: string): Iterable<Row> {
    return this.#db.prepare(sql).iterate();
  }

  /** Returns the number of changed rows. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  pragmaNumber(name: string): number {
    return Number(Object.values(this.#db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  }

  /**
   * All or nothing. IMMEDIATE takes the write lock before any read, so the work decides on what it has read. A check
   * before the lock would let two windows both pass it.
   */
  immediate<T>(work: () => T, durability: Durability = 'now'): T {
    return durability === 'soon' && this.#isWal ? this.#relaxed(() => this.#all(work)) : this.#all(work);
  }

  /** Several questions to one state of the file, whatever other windows commit meanwhile. */
  reading<T>(work: () => T): T {
    return this.#all(work, 'BEGIN');
  }

  #all<T>(work: () => T, begin = 'BEGIN IMMEDIATE'): T {
    this.#db.exec(begin);
    try {
      const value = work();
      this.#db.exec('COMMIT');
      return value;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /**
   * This cannot be changed inside a transaction, so it is set around it; in every case the next transaction is written
   * at once again.
   */
  #relaxed<T>(work: () => T): T {
    this.#db.exec('PRAGMA synchronous = NORMAL');
    try {
      return work();
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL');
    }
  }

  close(): void {
    this.#statements.clear();
    try {
      this.#db.close();
    } catch {
      // The connection is closed already.
    }
  }

  /** After some errors (disk full) SQLite has rolled back itself; a second ROLLBACK must not hide the first error. */
  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // There was nothing to roll back.
    }
  }

  #statement(sql: string): StatementSync {
    const cached = this.#statements.get(sql);
    if (cached) return cached;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Opens the file. Only this function loads `node:sqlite`, which older hosts lack. */
export async function openDatabase(file: string, options: DatabaseOptions): Promise<Database> {
  const sqlite = await loadSqlite();
  const raw = new sqlite.DatabaseSync(file, { readOnly: options.readOnly ?? false });
  try {
    // The pragma instead of the constructor's option, which exists only from Node 24 on.
    raw.exec(`PRAGMA busy_timeout = ${options.busyMs}`);
    if (options.readOnly !== true) {
      // Where WAL is refused (network drives) SQLite uses its rollback journal: slower, equally safe.
      raw.exec('PRAGMA journal_mode = WAL');
      // A committed reservation survives a power failure, since its call may have been served.
      raw.exec('PRAGMA synchronous = FULL');
    }
    return new Database(raw);
  } catch (error) {
    raw.close();
    throw error;
  }
}

async function loadSqlite(): Promise<typeof SqliteModule> {
  try {
    return await import('node:sqlite');
  } catch (cause) {
    throw new StorageFailure('no-sqlite', 'node:sqlite is not available in this host', cause);
  }
}

/** Faults of a row and not of the file: a number that does not fit, or a value that `integer` or `text` refuses. */
const isAboutARow = (error: unknown): boolean =>
  (error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE') ||
  (error instanceof StorageFailure && error.kind === 'corrupt');

export function integer(row: Row | undefined, column: string): number {
  const value = row?.[column] ?? 0;
  if (typeof value !== 'number') throw new StorageFailure('corrupt', `${column} is not a number`);
  return value;
}

export function text(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw new StorageFailure('corrupt', `${column} is not text`);
  return value;
}

export const optionalText = (row: Row, column: string): string | undefined => {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
};
