/** The decision log and the snapshots of the state learned from it. */
import type { DecisionAsOf, LogEntry, LogSnapshot } from '../../app/ports/decisions.ts';
import type { DecisionPage, LoggedDecision } from '../../app/ports/usage.ts';
import type { DecisionId, EpochMs, NanoUsd } from '../../core/brand.ts';
import type { Decision, Outcome } from '../../core/decision.ts';
import { dayOf, periodAt } from '../../core/money/period.ts';
import { readMeta, writeMeta } from './books.ts';
import type { Database, Row } from './database.ts';
import { integer, text } from './database.ts';
import { decodeDecision, decodeOutcome, encodeDecision, encodeOutcome } from './decisionCodec.ts';

/** Number of older snapshots that are kept in case the newest is unreadable. */
const KEPT_SNAPSHOTS = 3;
const MAX_PAGE = 1000;

export function appendDecision(db: Database, decision: Decision): void {
  const { body, x } = encodeDecision(decision);
  const { coarse } = decision.context;
  db.run(
    `INSERT INTO log (type, decision_id, at, arm, surface, workspace, language, task, body, x)
     VALUES ('decision', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    decision.id,
    Math.round(decision.at),
    decision.chosen,
    decision.surface,
    decision.workspaceId,
    coarse.language,
    coarse.task,
    body,
    x,
  );
}

export function recordOutcome(db: Database, outcome: Outcome): void {
  db.run(
    `INSERT INTO log (type, decision_id, at, body) VALUES ('outcome', ?, ?, ?)`,
    outcome.decisionId,
    Math.round(outcome.at),
    encodeOutcome(outcome),
  );
}

export function findDecision(db: Database, id: DecisionId): Decision | undefined {
  const row = db.get(
    `SELECT * FROM log WHERE decision_id = ? AND type = 'decision' ORDER BY seq LIMIT 1`,
    id,
  );
  return row && decodeDecision(row);
}

/** With its last readable outcome before this position; a fold never counted an unreadable one either. */
export function decisionAsOf(db: Database, id: DecisionId, beforeSeq: number): DecisionAsOf | undefined {
  const decision = findDecision(db, id);
  if (!decision) return undefined;
  const rows = db.all(
    `SELECT * FROM log WHERE decision_id = ? AND type = 'outcome' AND seq < ? ORDER BY seq DESC`,
    id,
    beforeSeq,
  );
  for (const row of rows) {
    const outcome = decodeOutcome(row);
    if (outcome) return { decision, outcome };
  }
  return { decision, outcome: undefined };
}

/**
 * Unreadable rows are left out, and the following ones take their place: only the log's end makes a page short, so one
 * bad row does not stop a fold over the others.
 */
export function readLog(db: Database, afterSeq: number, limit: number): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  let after = afterSeq;
  for (let room = bounded(limit); room > 0; room = bounded(limit) - entries.length) {
    const rows = db.all('SELECT * FROM log WHERE seq > ? ORDER BY seq LIMIT ?', after, room);
    const last = rows.at(-1);
    if (!last) break;
    for (const row of rows) entries.push(...entryOf(row));
    after = integer(last, 'seq');
  }
  return entries;
}

export function decisionPage(db: Database, page: DecisionPage): readonly LoggedDecision[] {
  const rows = db.all(
    `SELECT * FROM log WHERE type = 'decision' AND seq < ? AND (? IS NULL OR arm = ?)
       AND (? IS NULL OR surface = ?) AND (? IS NULL OR workspace = ?) ORDER BY seq DESC LIMIT ?`,
    page.before ?? Number.MAX_SAFE_INTEGER,
    ...twice(page.armId),
    ...twice(page.surface),
    ...twice(page.workspaceId),
    bounded(page.limit),
  );
  return rows.flatMap((row) => {
    const decision = decodeDecision(row);
    return decision ? [{ seq: integer(row, 'seq'), decision, ...aftermath(db, decision.id) }] : [];
  });
}

export function newestSnapshot(db: Database): LogSnapshot | undefined {
  const row = db.get('SELECT * FROM snapshots WHERE set_aside IS NULL ORDER BY id DESC LIMIT 1');
  if (!row) return undefined;
  return { seq: integer(row, 'covers_seq'), state: parseOrRaw(text(row, 'body')) };
}

export function saveSnapshot(db: Database, seq: number, state: unknown): void {
  db.immediate(() => {
    db.run('INSERT INTO snapshots (covers_seq, body) VALUES (?, ?)', seq, JSON.stringify(state));
    db.run(
      `DELETE FROM snapshots WHERE set_aside IS NULL AND id NOT IN
         (SELECT id FROM snapshots WHERE set_aside IS NULL ORDER BY id DESC LIMIT ?)`,
      KEPT_SNAPSHOTS,
    );
  });
}

/** The newest one is kept under the reason; the one before it, or the log itself, replaces it. */
export function setSnapshotAside(db: Database, reason: string): void {
  db.run(
    `UPDATE snapshots SET set_aside = ? WHERE id = (SELECT max(id) FROM snapshots WHERE set_aside IS NULL)`,
    reason.slice(0, 200) || 'unreadable',
  );
}

/** 13 months of decisions. */
const KEEP_MS = 396 * 86_400_000;
const KEEP_DECISIONS = 200_000;

/**
 * Drops decisions beyond 13 months or 200,000, and their outcomes, but only those that a snapshot covers, so every row
 * is folded into the learned state first. Returns the number of dropped rows.
 */
export function pruneLog(db: Database, now: EpochMs, keepDecisions = KEEP_DECISIONS): number {
  const covered = newestSnapshot(db)?.seq ?? 0;
  // Row by row, so one written while the clock was wrong does not take earlier ones along.
  const aged = db.run('DELETE FROM log WHERE seq <= ? AND at < ?', covered, Math.round(now - KEEP_MS));
  const nth = db.get(
    `SELECT seq FROM log WHERE type = 'decision' ORDER BY seq DESC LIMIT 1 OFFSET ?`,
    keepDecisions,
  );
  const upTo = Math.min(covered, integer(nth, 'seq'));
  return aged + (upTo > 0 ? db.run('DELETE FROM log WHERE seq <= ?', upTo) : 0);
}

/** Number of days that the clock must have shown. */
const LOOKS = 3;

/**
 * The time that decides which old rows may be dropped: a single reading of a clock, which may be a year ahead, drops
 * nothing. It is the earliest of the last three readings, each on another day; undefined until there are three.
 */
export function timeToPruneBy(db: Database, now: EpochMs): EpochMs | undefined {
  const stored = (readMeta(db, 'looks') ?? '').split(' ').map(Number);
  const looks = stored.filter((at) => Number.isSafeInteger(at) && at > 0).slice(-LOOKS);
  const last = looks.at(-1);
  if (last === undefined || dayOf(last) !== dayOf(now)) {
    looks.push(Math.round(now));
    writeMeta(db, 'looks', looks.slice(-LOOKS).join(' '));
  }
  return looks.length < LOOKS ? undefined : Math.min(now, ...looks.slice(-LOOKS));
}

const KEEP_FREE = 50_000;
const IS_FREE = `worst = 0 AND cost = 0 AND state <> 'reserved'`;

/**
 * Keeps ledger rows for 13 months, and of free calls, which are many and move no money, the newest 50,000; the sums of
 * older months stay in `spend`. A row of a later month stays, whatever its date, since its month's sums are still
 * compared with it; so does a row whose money is still held. Every opening reads each row (witnesses.ts).
 */
export function pruneEntries(db: Database, now: EpochMs, keepFree = KEEP_FREE): number {
  const before = now - KEEP_MS;
  const aged = db.run(
    `DELETE FROM entries WHERE period <= ? AND at < ? AND state <> 'reserved' AND held = 0 AND swept <> 1`,
    periodAt(before).id,
    Math.round(before),
  );
  const nth = db.get(`SELECT seq FROM entries WHERE ${IS_FREE} ORDER BY seq DESC LIMIT 1 OFFSET ?`, keepFree);
  if (!nth) return aged;
  return aged + db.run(`DELETE FROM entries WHERE ${IS_FREE} AND seq <= ?`, integer(nth, 'seq'));
}

function entryOf(row: Row): readonly LogEntry[] {
  const seq = integer(row, 'seq');
  if (row['type'] === 'outcome') {
    const outcome = decodeOutcome(row);
    return outcome ? [{ seq, type: 'outcome', outcome }] : [];
  }
  const decision = decodeDecision(row);
  return decision ? [{ seq, type: 'decision', decision }] : [];
}

function aftermath(db: Database, id: DecisionId): { outcome: Outcome | undefined; cost: NanoUsd } {
  const row = db.get(
    `SELECT * FROM log WHERE decision_id = ? AND type = 'outcome' ORDER BY seq DESC LIMIT 1`,
    id,
  );
  const cost = integer(db.get('SELECT total(cost) cost FROM entries WHERE decision_id = ?', id), 'cost');
  return { outcome: row && decodeOutcome(row), cost: cost as NanoUsd };
}

const twice = (value: string | undefined): readonly [string | null, string | null] => [
  value ?? null,
  value ?? null,
];

const bounded = (limit: number): number =>
  Number.isFinite(limit) ? Math.min(MAX_PAGE, Math.max(1, Math.floor(limit))) : MAX_PAGE;

/** A body that is not JSON is returned as text: the reader refuses it and has it set aside. */
function parseOrRaw(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
