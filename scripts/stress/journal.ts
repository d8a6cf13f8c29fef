/** The results told to a caller, written down before the caller continues, for the audit. */
import { appendFileSync } from 'node:fs';

export type JournalLine =
  /** A granted reservation, and the amount that the provider will bill, whatever happens to the caller. */
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
