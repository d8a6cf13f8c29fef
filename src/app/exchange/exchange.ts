/**
 * PILOT's own file of learned state and spending, for transfer or backup. Version 1: everything below. It contains no
 * text of prompts or answers, no keys, and neither prices nor limits: the importing user sets those.
 *
 * Reading is total. A file is used whole or not at all, and each fault is one of the kinds below.
 */
import type { EpochMs } from '../../core/brand.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ImportedEntry } from '../ports/money.ts';
import { mostSpent, parseEntry, type ExportedEntry } from './exchangeEntry.ts';
import { isRecord } from '../../core/shape.ts';

export const exchangeFormat = 'pilot-export';
export const exchangeVersion = 1;
/** A year of 500 calls a day, with a margin, and the largest size of such a file in characters. */
export const maxEntries = 200_000;
export const maxFileBytes = 128 * 1024 * 1024;

export interface ExchangeFile {
  readonly exportedAt: EpochMs;
  /** In the form of src/core/learning/learnerCodec.ts, which checks it. Undefined = not in the file. */
  readonly learnt: unknown;
  readonly entries: readonly ImportedEntry[];
  /** Whether the file contains prices, limits or other settings, which are never imported. */
  readonly holdsSettings: boolean;
}

export type ExchangeProblem =
  | { readonly kind: 'too-large' | 'truncated' | 'foreign' }
  | { readonly kind: 'older' | 'newer'; readonly version: number }
  /** `where`: the invalid part, such as `ledger[17].cost`. */
  | { readonly kind: 'damaged'; readonly where: string };

export const encodeExchange = (file: {
  readonly exportedAt: EpochMs;
  readonly learnt: unknown;
  readonly entries: readonly ExportedEntry[];
}): string => {
  const { exportedAt, learnt, entries } = file;
  return JSON.stringify({
    format: exchangeFormat,
    version: exchangeVersion,
    exportedAt: new Date(exportedAt).toISOString(),
    learnt,
    ledger: entries,
  });
};

export function parseExchange(content: string, now: EpochMs): Result<ExchangeFile, ExchangeProblem> {
  if (content.length > maxFileBytes) return fail({ kind: 'too-large' });
  const parsed = parseJson(content);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  if (!isRecord(file) || own(file, 'format') !== exchangeFormat) return fail({ kind: 'foreign' });
  const version = own(file, 'version');
  if (typeof version !== 'number' || !Number.isSafeInteger(version))
    return fail({ kind: 'damaged', where: 'version' });
  if (version !== exchangeVersion)
    return fail({ kind: version > exchangeVersion ? 'newer' : 'older', version });
  const exportedAt = Date.parse(String(own(file, 'exportedAt')));
  if (!Number.isFinite(exportedAt)) return fail({ kind: 'damaged', where: 'exportedAt' });
  const entries = parseEntries(own(file, 'ledger') ?? [], now);
  if (!entries.ok) return entries;
  const holdsSettings = Object.keys(file).some((key) => !known.has(key));
  return ok({ exportedAt, learnt: own(file, 'learnt'), entries: entries.value, holdsSettings });
}

const known: ReadonlySet<string> = new Set(['format', 'version', 'exportedAt', 'learnt', 'ledger']);

export function parseEntries(
  stored: unknown,
  now: EpochMs,
): Result<readonly ImportedEntry[], ExchangeProblem> {
  if (!Array.isArray(stored)) return fail({ kind: 'damaged', where: 'ledger' });
  if (stored.length > maxEntries) return fail({ kind: 'too-large' });
  const entries: ImportedEntry[] = [];
  let spent = 0;
  for (const [i, row] of stored.entries()) {
    const entry = parseEntry(row, now);
    if (typeof entry === 'string') return fail({ kind: 'damaged', where: `ledger[${i}].${entry}` });
    spent += entry.cost;
    if (spent > mostSpent) return fail({ kind: 'damaged', where: `ledger[${i}].cost_nano_usd` });
    entries.push(entry);
  }
  return ok(entries);
}

/** Distinguishes a truncated file of PILOT from any other file. */
function parseJson(content: string): Result<unknown, ExchangeProblem> {
  try {
    return ok(JSON.parse(content) as unknown);
  } catch {
    return fail({
      kind: content.trimStart().startsWith(`{"format":"${exchangeFormat}"`) ? 'truncated' : 'foreign',
    });
  }
}

/** Own members only, so a file cannot use `__proto__`. */
const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;
