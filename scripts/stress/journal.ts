/** What a caller was told, written down before it goes on: the audit holds the ledger to it. */
import { appendFileSync } from 'node:fs';

export type JournalLine =
  /** A granted reservation, and what the provider is going to bill for it whatever becomes of the caller. */
  | {
      readonly type: 'reserved';
      readonly id: string;
      readonly period: string;
      readonly bill: number;
      readonly ms: number;
    }
  | { readonly type: 'refused'; readonly kind: string }
  | { readonly type: 'settled'; readonly id: string; readonly cost: number }
  | { readonly type: 'voided'; readonly id: string };

export const journalTo =
  (file: string) =>
  (line: JournalLine): void =>
    appendFileSync(file, `${JSON.stringify(line)}\n`);
