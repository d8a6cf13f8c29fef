/** One settled call in an exported file, and its strict parser. */
import type { ArmId, EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import { isMoney } from '../../core/money.ts';
import { periodOf } from '../../core/money/period.ts';
import type { CostSource, ImportedEntry, LedgerEntry } from '../ports/money.ts';
import { isRecord } from '../../core/shape.ts';

/** In the order of the CSV's columns. */
export const entryColumns = [
  'id',
  'at',
  'period',
  'model',
  'surface',
  'workspace',
  'language',
  'cost_nano_usd',
  'source',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'inline',
  'billed_nano_usd',
] as const;
export type ExportedEntry = Readonly<Record<(typeof entryColumns)[number], string | number>>;

/** Undefined for a call that is not settled, which stays on this machine. */
export function exportedEntry(entry: LedgerEntry): ExportedEntry | undefined {
  if (entry.state !== 'settled') return undefined;
  const { tokens } = entry;
  return {
    id: entry.id,
    at: new Date(entry.at).toISOString(),
    period: entry.period,
    model: entry.armId,
    surface: entry.purpose,
    workspace: entry.workspaceId,
    language: entry.language,
    cost_nano_usd: entry.cost,
    source: entry.source ?? 'estimate',
    input_tokens: tokens.input,
    cached_input_tokens: tokens.cachedInput,
    cache_write_tokens: tokens.cacheWrite,
    output_tokens: tokens.output,
    reasoning_tokens: tokens.reasoning,
    inline: entry.inline === true ? 1 : 0,
    // For a disputed call, whose cost the user stated; otherwise empty.
    billed_nano_usd: entry.billed ?? '',
  };
}

/**
 * The entry in the form that an import accepts, so that every exported file can be imported. A date outside of its
 * month, from a wrong clock, becomes a day of that month, in which the money counts. Undefined for an opening balance
 * that lowers a month, which no import accepts, since an import never widens a limit.
 */
export function importable(entry: ExportedEntry, now: EpochMs): ExportedEntry | undefined {
  const period = periodOf(String(entry.period));
  const at = Date.parse(String(entry.at));
  const dated =
    period && !isNear(period.id, at)
      ? new Date(Math.min(Math.max(at, period.start), period.end - 1)).toISOString()
      : entry.at;
  const language = patterns.language.test(String(entry.language)) ? entry.language : '';
  const row = { ...entry, at: dated, language };
  return typeof parseEntry(row, now) === 'string' ? undefined : row;
}

/** Earlier calls cannot exist; one day of tolerance for clocks that disagree. */
const earliest = Date.UTC(2020, 0, 1);
const slackMs = 86_400_000;

/** The entry, or the name of its invalid member. */
export function parseEntry(stored: unknown, now: EpochMs): ImportedEntry | string {
  if (!isRecord(stored)) return 'row';
  const read = (key: string): unknown => (Object.hasOwn(stored, key) ? stored[key] : undefined);
  const text = (key: keyof typeof patterns): string | undefined => {
    const value = read(key);
    return typeof value === 'string' && value.length <= 300 && patterns[key].test(value) ? value : undefined;
  };
  const wrong = (Object.keys(patterns) as (keyof typeof patterns)[]).find((key) => text(key) === undefined);
  if (wrong !== undefined) return wrong;
  if (text('model') === '' && text('surface') !== 'opening') return 'model';
  const at = Date.parse(text('at') ?? '');
  const period = text('period') ?? '';
  if (!(earliest <= at && at <= now + slackMs)) return 'at';
  if (!isNear(period, at)) return 'period';
  const cost = read('cost_nano_usd');
  if (!isAmount(cost)) return 'cost_nano_usd';
  // Absent in older files: the surface then determines it.
  const inline = read('inline') ?? 0;
  if (inline !== 0 && inline !== 1) return 'inline';
  const billed = read('billed_nano_usd') ?? '';
  if (billed !== '' && !isAmount(billed)) return 'billed_nano_usd';
  const counts = tokenColumns.map((key) => read(key));
  const bad = counts.findIndex((count) => !isCount(count));
  if (bad >= 0) return tokenColumns[bad] ?? 'tokens';
  const [input = 0, cachedInput = 0, cacheWrite = 0, output = 0, reasoning = 0] = counts as number[];
  return {
    id: text('id') as ReservationId,
    period,
    at,
    armId: text('model') as ArmId,
    purpose: text('surface') ?? '',
    inline: inline === 1,
    workspaceId: text('workspace') ?? '',
    language: text('language') ?? '',
    cost,
    ...(billed !== '' && { billed }),
    source: text('source') as CostSource,
    tokens: { input, cachedInput, cacheWrite, output, reasoning },
  };
}

/**
 * Ids are keys and labels, never paths, so a name with `..` is refused. Otherwise a model may have any name that its
 * endpoint uses; an opening balance has no model.
 */
const patterns = {
  id: /^[\w-]{1,64}$/,
  at: /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/,
  period: /^\d{4}-\d{2}$/,
  model: /^(?!.*\.\.)([^\s/\\\p{C}]+(\/[^/\\\p{C}]+)*)?$/u,
  surface: /^(ask|inline|chat|retry|embedding|test|opening)$/,
  workspace: /^([0-9a-f]{16}|no-folder|)$/,
  language: /^[\w+#.-]{0,64}$/,
  source: /^(reported|priced-usage|estimate|worst-case)$/,
} as const satisfies Readonly<Record<string, RegExp>>;

const tokenColumns = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const;

/** More than any call has; the sums over the most rows of a file stay exact. */
const mostTokens = 1e9;
/** $1,000,000 for one call. */
const mostCost = 1e15 as NanoUsd;
/** $4,000,000 for a whole file: beyond nine million, sums of amounts are no longer exact. */
export const mostSpent = 4e15 as NanoUsd;

const isCount = (value: unknown): boolean =>
  Number.isSafeInteger(value) && 0 <= (value as number) && (value as number) <= mostTokens;

const isAmount = (value: unknown): value is NanoUsd => isMoney(value) && value <= mostCost;

/** The month is in local time of that moment, so it may be adjacent to the month by UTC, but no other. */
function isNear(id: string, at: EpochMs): boolean {
  const period = periodOf(id);
  const day = 86_400_000;
  return period !== undefined && period.start - 2 * day <= at && at < period.end + 2 * day;
}
