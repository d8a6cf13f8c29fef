/** Why the spending ledger is unusable, and what the user can do. */
import * as vscode from 'vscode';
import type { StorageFault } from '../../app/ports/money.ts';

const t = vscode.l10n.t;

/** Follows "the spending ledger cannot be used: ". */
export function storageText({ kind, reason }: StorageFault): string {
  switch (kind) {
    case 'no-sqlite':
      return t('this version of VS Code is too old for it. Please update VS Code.');
    case 'read-only':
      return t('its folder or its file cannot be written to.');
    case 'disk-full':
      return t('the disk is full.');
    case 'newer-schema':
      return t('it was written by a newer version of PILOT and is left unchanged. Please update PILOT.');
    case 'busy':
      return t('another window is using it. Please try again.');
    case 'worker-gone':
      return t('the part of PILOT that keeps it has stopped. Reload the window to restart it.');
    case 'io-error':
    case 'bad-request':
      return reason;
  }
}
