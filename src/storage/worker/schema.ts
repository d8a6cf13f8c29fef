/**
 * The tables, and the migrations of older files. Migrations are only appended and never edited, since they have run on
 * users' files. `user_version` is the number of migrations that a file has had.
 */
import { openDatabase, type Database } from './database.ts';
import { StorageFailure } from './failure.ts';

/** Money is integer nano-USD, time is epoch milliseconds, days and hours are local at the time of writing. */
const version1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row a call. state: reserved -> settled | void. swept: settled at its worst case because nobody came back for it.
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  period TEXT NOT NULL,
  day TEXT NOT NULL,
  at INTEGER NOT NULL,
  settled_at INTEGER,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'void')),
  swept INTEGER NOT NULL DEFAULT 0,
  arm TEXT NOT NULL,
  decision_id TEXT,
  purpose TEXT NOT NULL,
  inline INTEGER NOT NULL,
  workspace TEXT NOT NULL,
  language TEXT NOT NULL,
  expected INTEGER NOT NULL,
  worst INTEGER NOT NULL CHECK (worst >= 0),
  cost INTEGER NOT NULL DEFAULT 0 CHECK (cost >= 0 OR purpose = 'opening'),
  held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
  overrun INTEGER NOT NULL DEFAULT 0,
  source TEXT,
  input INTEGER NOT NULL DEFAULT 0,
  cached_input INTEGER NOT NULL DEFAULT 0,
  cache_write INTEGER NOT NULL DEFAULT 0,
  output INTEGER NOT NULL DEFAULT 0,
  reasoning INTEGER NOT NULL DEFAULT 0,
  generation_id TEXT,
  note TEXT
);
CREATE INDEX entries_by_period ON entries (period, day);
CREATE INDEX entries_open ON entries (at) WHERE state = 'reserved';
CREATE INDEX entries_held ON entries (period) WHERE held > 0 OR swept = 1;
CREATE INDEX entries_by_decision ON entries (decision_id);

-- Sums of entries, kept in the same transactions, so that a reservation costs the same in a busy month.
CREATE TABLE spend (
  period TEXT NOT NULL,
  workspace TEXT NOT NULL,
  inline INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,
  reserved INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (period, workspace, inline)
) WITHOUT ROWID;

CREATE TABLE raises (seq INTEGER PRIMARY KEY, period TEXT NOT NULL, at INTEGER NOT NULL, by_amount INTEGER NOT NULL);
-- What was given back, by whom and why: the audit trail of every hold that was released or reconciled.
CREATE TABLE releases (
  seq INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE notices (
  period TEXT NOT NULL,
  percent INTEGER NOT NULL,
  limit_amount INTEGER NOT NULL,
  PRIMARY KEY (period, percent)
) WITHOUT ROWID;

CREATE TABLE requests (
  period TEXT NOT NULL, surface TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (period, surface)
) WITHOUT ROWID;
CREATE TABLE demand (
  day TEXT NOT NULL, hour INTEGER NOT NULL, surface TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (day, hour, surface)
) WITHOUT ROWID;

-- Decisions and outcomes in the order they happened; learned state is a fold over it.
CREATE TABLE log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL CHECK (type IN ('decision', 'outcome')),
  decision_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  arm TEXT,
  surface TEXT,
  workspace TEXT,
  language TEXT,
  task TEXT,
  body TEXT NOT NULL,
  x BLOB
);
CREATE INDEX log_by_decision ON log (decision_id, type);
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY, covers_seq INTEGER NOT NULL, body TEXT NOT NULL, set_aside TEXT
);
`;

/**
 * Later bills. seen: lower bound on the received output tokens. lookup_at: when the provider is asked next for the bill
 * of a held call; NULL = no more. lookups: number of look-ups so far.
 */
const version2 = `
ALTER TABLE entries ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN lookups INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN lookup_at INTEGER;
CREATE INDEX entries_lookup ON entries (lookup_at) WHERE lookup_at IS NOT NULL;
`;

/**
 * Money without a known bill is reserved, including its estimate: the estimates of held calls move from the settled
 * sums to the held ones. released: the hold ended without a bill, by the user or with its month, and a later bill is
 * still recorded. Holds of past months end here.
 */
const version3 = `
ALTER TABLE entries ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
INSERT INTO releases (entry_id, at, amount, reason)
  SELECT id, at, CASE swept WHEN 1 THEN cost - min(cost, expected) ELSE held END, 'month ended' FROM entries
  WHERE (held > 0 OR swept = 1) AND period < (SELECT value FROM meta WHERE key = 'period');
UPDATE entries SET cost = CASE swept WHEN 1 THEN min(cost, expected) ELSE cost END, source = 'estimate', held = 0,
    swept = CASE swept WHEN 1 THEN 2 ELSE 0 END, released = 1
  WHERE (held > 0 OR swept = 1) AND period < (SELECT value FROM meta WHERE key = 'period');
UPDATE spend SET
  settled = settled - (SELECT coalesce(sum(cost), 0) FROM entries e WHERE (e.held > 0 OR e.swept = 1)
    AND e.period = spend.period AND e.workspace = spend.workspace AND e.inline = spend.inline),
  held = (SELECT coalesce(sum(cost + held), 0) FROM entries e WHERE (e.held > 0 OR e.swept = 1)
    AND e.period = spend.period AND e.workspace = spend.workspace AND e.inline = spend.inline);
`;

/**
 * Disputes. billed: the provider's bill where the user disputes it; `cost` is then the user's amount. Ids from
 * endpoints that are not plain ids leave the file, since they may contain a prompt or a key (core/plainId.ts).
 */
const version4 = `
ALTER TABLE entries ADD COLUMN billed INTEGER;
UPDATE entries SET generation_id = NULL, lookup_at = NULL WHERE generation_id IS NOT NULL
  AND (length(generation_id) > 80 OR generation_id GLOB '*[^A-Za-z0-9_.:-]*' OR generation_id GLOB '[sprSPR]k-*');
`;

/** sent: lower bound on the input tokens that were sent. */
const version5 = `
ALTER TABLE entries ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
`;

export const migrations: readonly string[] = [version1, version2, version3, version4, version5];

/** 'PLOT' in ASCII: a file with another id is another program's database. */
const applicationId = 0x504c4f54;

/**
 * Migrates the file to this version; two windows may do it at once, so that the version is read inside the transaction.
 */
export function migrate(db: Database, steps: readonly string[] = migrations): void {
  if (versionOf(db) === steps.length) return;
  db.immediate(() => {
    const version = versionOf(db);
    if (version > steps.length) throw new StorageFailure('newer-schema', `schema ${version}`);
    for (const sql of steps.slice(version)) db.exec(sql);
    db.exec(`PRAGMA user_version = ${steps.length}`);
    db.exec(`PRAGMA application_id = ${applicationId}`);
  });
}

/** A file of PILOT's is complete, or newer; any other file in its place counts as damaged. */
export function checkOurs(db: Database): void {
  const ours = db.pragmaNumber('application_id') === applicationId && versionOf(db) > 0;
  if (!ours) throw new StorageFailure('corrupt', 'not a PILOT database');
}

/**
 * Whether the tables and indices are exactly those of the migrations: a flipped bit in a name or a constraint is
 * damage, found here and not in the middle of a payment. Additions of SQLite or a tool (sqlite_stat1) are passed over.
 */
export const expectedSchema = (): Promise<ReadonlySet<string>> => (expected ??= makeSchema());

let expected: Promise<ReadonlySet<string>> | undefined;

async function makeSchema(): Promise<ReadonlySet<string>> {
  const db = await openDatabase(':memory:', { busyMs: 0 });
  try {
    migrate(db);
    return schemaOf(db);
  } finally {
    db.close();
  }
}

export function checkSchema(db: Database, made: ReadonlySet<string>): void {
  const found = schemaOf(db);
  for (const one of made) if (!found.has(one)) throw new StorageFailure('corrupt', `not as made: ${one}`);
}

const schemaOf = (db: Database): ReadonlySet<string> =>
  new Set(
    db
      .all('SELECT type, name, tbl_name, sql FROM sqlite_schema')
      .map(({ type, name, tbl_name: table, sql }) => JSON.stringify([type, name, table, sql])),
  );

const versionOf = (db: Database): number => db.pragmaNumber('user_version');
