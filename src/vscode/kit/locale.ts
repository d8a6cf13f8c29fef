import * as vscode from 'vscode';
import { localeFor } from '../../app/settings/locale.ts';

let known: string | undefined;

/** The locale of numbers and dates. Determined at first use: it loads locale data, which would delay activation. */
export const locale = (): string =>
  (known ??= localeFor(vscode.env.language, new Intl.NumberFormat().resolvedOptions().locale));
