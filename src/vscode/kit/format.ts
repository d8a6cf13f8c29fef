import * as vscode from 'vscode';
import type { NanoUsd } from '../../core/brand.ts';
import { locale } from './locale.ts';

/** Created with the first amount: it loads the locale's data, 20 ms and more, which would delay activation. */
let formats: { readonly cents: Intl.NumberFormat; readonly fine: Intl.NumberFormat } | undefined;
const dollarFormats = () =>
  (formats ??= {
    cents: dollarFormat({ minimumFractionDigits: 2 }),
    fine: dollarFormat({ maximumSignificantDigits: 2 }),
  });
const dollarFormat = (digits: Intl.NumberFormatOptions): Intl.NumberFormat =>
  new Intl.NumberFormat(locale(), { style: 'currency', currency: 'USD', ...digits });

/** `$1.23`; two significant digits below a cent, so cheap answers do not all show `$0.00`. */
export function usd(amount: NanoUsd): string {
  const dollars = amount / 1e9;
  const { cents, fine } = dollarFormats();
  return dollars !== 0 && Math.abs(dollars) < 0.01 ? fine.format(dollars) : cents.format(dollars);
}

/** For an axis: every label has the same number of decimals. */
export const axisUsd = (dollars: number, decimals: number): string =>
  dollarFormat({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(dollars);

/** The available amount, rounded down to cents, so it never shows more than there is. */
export const usdLeft = (amount: NanoUsd): string =>
  usd(amount < nanoPerCent ? amount : ((amount - (amount % nanoPerCent)) as NanoUsd));
const nanoPerCent = 1e7;

/** `1 call`, `1,234 calls`. */
export const callCount = (count: number): string =>
  count === 1 ? vscode.l10n.t('1 call') : vscode.l10n.t('{0} calls', count.toLocaleString(locale()));

export const cost = (amount: NanoUsd): string => (amount === 0 ? vscode.l10n.t('free') : usd(amount));

export const day = (at: number): string =>
  new Date(at).toLocaleDateString(locale(), { month: 'long', day: 'numeric' });

export const percent = (share: number): string =>
  share.toLocaleString(locale(), { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 });
