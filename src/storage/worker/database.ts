/**
 * One SQLite connection with cached statements and immediate transactions. Synchronous: it lives in the worker thread,
 * where waiting for another window's lock hurts nobody.
 */
import type * as SqliteModule from 'node:sqlite';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { StorageFailure } from './failure.ts';

export type Row = Record<string, SQLOutputValue>;

export interface DatabaseOptions {
  readonly readOnly?: boolean;
  /** How long a statement waits for another connection's lock. */
  readonly busyMs: number;
}

/**
 * `now`: what was committed survives a power cut. `soon`: it survives a crash of the program, and a power cut once the
 * next commit of the other kind, or the system, has written it: a hundredth of the time, for what is no money.
 */
export type Durability = 'now' | 'soon';

export class Database {
  readonly #db: DatabaseSync;
  /** With a rollback journal a commit that is not written at once could leave a damaged file. */
  readonly #isWal: boolean;
  readonly #statements = new Map<string, StatementSync>();
  /** Rows that were left out of an answer, and why; emptied by who tells them. */
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
   * Each row as `read` makes it of it. Where one cannot be read, a number beyond 53 bits or a word in place of one, the
   * rows are read one by one: those that can be are answered, the others are named in `unreadable`. The table has
   * a `seq`; `where` is everything from WHERE on.
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

  /** Row by row, for tables that may break off in the middle. */
  each(sql: string): Iterable<Row> {
    return this.#db.prepare(sql).iterate();
  }

  /** Number of rows changed. */
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
   * All or nothing. IMMEDIATE takes the write lock before anything is read, so that what the work reads is what it
   * decides on: between two windows, check-then-record is how budgets leak.
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

  /** Cannot be changed within a transaction, so around it; whatever happens, the next one is written at once again. */
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
      // Closed already.
    }
  }

  /** After some errors (disk full) SQLite has rolled back by itself; a second ROLLBACK must not hide the first error. */
  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // Nothing was left to roll back.
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

/** Opens the file; `node:sqlite` is loaded here and only here, since older hosts do not have it. */
export async function openDatabase(file: string, options: DatabaseOptions): Promise<Database> {
  const sqlite = await loadSqlite();
  const raw = new sqlite.DatabaseSync(file, { readOnly: options.readOnly ?? false });
  try {
    // The pragma, not the constructor's option: that one came with Node 24.
    raw.exec(`PRAGMA busy_timeout = ${options.busyMs}`);
    if (options.readOnly !== true) {
      // Where WAL is refused (network drives) SQLite stays with its rollback journal: slower, as safe.
      raw.exec('PRAGMA journal_mode = WAL');
      // A committed reservation survives a power cut: the call it pays for may have been served.
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

/** Of what is in a row, not of the file: a number that does not fit, or what `integer` and `text` refuse. */
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
