/**
 * Counts the user's requests to forget, over all windows. A window may still hold what it read before, and must not
 * write that back.
 */
import type * as vscode from 'vscode';

/** The acceptance baseline of this user, for all models (core/inline/baseline.ts). */
export const baselineKey = 'pilot.inline.baseline';
/** Local to this machine: never among the synced keys. */
const key = 'pilot.forgettings';

export interface Forgettings {
  /** Includes those of a period or a model. */
  readonly any: number;
  readonly everything: number;
}

export function forgettingsOf(globalState: vscode.Memento): Forgettings {
  const stored = globalState.get<Partial<Forgettings> | null>(key);
  return { any: count(stored?.any), everything: count(stored?.everything) };
}

export async function noteForgetting(globalState: vscode.Memento, everything: boolean): Promise<Forgettings> {
  const before = forgettingsOf(globalState);
  const after = { any: before.any + 1, everything: before.everything + (everything ? 1 : 0) };
  await globalState.update(key, after);
  if (everything) await globalState.update(baselineKey, undefined);
  return after;
}

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
