import * as vscode from 'vscode';
import { localeFor } from '../../app/settings/locale.ts';

let known: string | undefined;

/** For everything that writes a number or a date. Looked up late: it loads locale data, which activation must not pay. */
export const locale = (): string =>
  (known ??= localeFor(vscode.env.language, new Intl.NumberFormat().resolvedOptions().locale));
