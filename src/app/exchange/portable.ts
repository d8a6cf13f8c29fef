/** Export, import and forgetting over the store: combines the file format with ledger and learning. */
import type { EpochMs } from '../../core/brand.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Learning } from '../call/learning.ts';
import type { PolicyRuntime } from '../call/policyRuntime.ts';
import type { DecisionLog, ForgetScope } from '../ports/decisions.ts';
import type { ImportedTotals, Ledger } from '../ports/money.ts';
import type { UsageReader } from '../ports/usage.ts';
import { csv } from '../usage/csv.ts';
import {
  encodeExchange,
  maxEntries,
  parseExchange,
  type ExchangeFile,
  type ExchangeProblem,
} from './exchange.ts';
import { portableState } from './learntState.ts';
import { entryColumns, exportedEntry, importable, type ExportedEntry } from './exchangeEntry.ts';

export interface PortableDeps {
  readonly learning: Pick<Learning, 'exported' | 'problemWith' | 'replace' | 'rebuild'>;
  readonly policy: Pick<PolicyRuntime, 'forget'>;
  readonly store: {
    readonly ledger: Required<Pick<Ledger, 'importEntries'>>;
    readonly log: Required<Pick<DecisionLog, 'forget'>>;
    readonly usage: Pick<UsageReader, 'entries'>;
  };
}

const pageSize = 5_000;

export async function exportJson({ learning, store }: PortableDeps, now: EpochMs): Promise<string> {
  return encodeExchange({
    exportedAt: now,
    learnt: portableState(learning.exported()),
    entries: (await newestEntries(store.usage)).flatMap((entry) => importable(entry, now) ?? []),
  });
}

export async function exportCsv({ store }: PortableDeps): Promise<string> {
  const rows = (await newestEntries(store.usage)).map((entry) => entryColumns.map((column) => entry[column]));
  return csv(entryColumns, rows);
}

/** The newest settled calls, as many as an import accepts; older ones are only in the months' sums. */
export async function newestEntries(
  usage: Pick<UsageReader, 'entries'>,
  most = maxEntries,
): Promise<readonly ExportedEntry[]> {
  let entries: ExportedEntry[] = [];
  for (let after = 0; ;) {
    const page = await usage.entries(after, pageSize);
    const last = page.at(-1);
    if (!last) return entries.slice(-most);
    entries.push(...page.map(exportedEntry).filter((entry) => entry !== undefined));
    // The log may be much longer, so older entries are dropped while reading.
    if (entries.length > 2 * most) entries = entries.slice(-most);
    after = last.seq;
  }
}

export interface Imported {
  readonly learnt: boolean;
  readonly totals: ImportedTotals | undefined;
}

export type ImportProblem =
  | ExchangeProblem
  /** The learned state has another version or feature space; nothing was imported. */
  | { readonly kind: 'learnt-unusable'; readonly detail: string }
  | { readonly kind: 'ledger-unavailable' };

/** Parses the whole file and changes nothing. */
export const readImport = (content: string, now: EpochMs): Result<ExchangeFile, ExchangeProblem> =>
  parseExchange(content, now);

/** Checks everything that can be refused before it changes anything. */
export async function applyImport(
  { learning, store }: PortableDeps,
  file: ExchangeFile,
  what: { readonly learnt: boolean; readonly ledger: boolean },
): Promise<Result<Imported, ImportProblem>> {
  const learnt = what.learnt && file.learnt !== undefined;
  const problem = learnt ? learning.problemWith(file.learnt) : undefined;
  if (problem !== undefined) return fail({ kind: 'learnt-unusable', detail: problem });
  const ledger = what.ledger && file.entries.length > 0;
  const totals = ledger ? await store.ledger.importEntries(file.entries) : undefined;
  if (ledger && !totals) return fail({ kind: 'ledger-unavailable' });
  if (learnt) await learning.replace(file.learnt);
  return ok({ learnt, totals });
}

/** Returns the number of forgotten decisions. The spending stays, since the limit counts it. */
export async function forget({ learning, policy, store }: PortableDeps, scope: ForgetScope): Promise<number> {
  const forgotten = await store.log.forget(scope);
  if (scope.kind === 'everything') policy.forget();
  await learning.rebuild();
  return forgotten;
}
