/** Numbers with their nouns. English and German have a singular and a plural, Chinese has one form. */
import * as vscode from 'vscode';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

const shown = (count: number): string => count.toLocaleString(locale());

export const lineCount = (count: number): string =>
  count === 1 ? t('1 line') : t('{0} lines', shown(count));

export const modelCount = (count: number): string =>
  count === 1 ? t('1 model') : t('{0} models', shown(count));

export const fileCount = (count: number): string =>
  count === 1 ? t('1 file') : t('{0} files', shown(count));

export const characterCount = (count: number): string =>
  count === 1 ? t('1 character') : t('{0} characters', shown(count));

export const promptCount = (count: number): string =>
  count === 1 ? t('1 prompt') : t('{0} prompts', shown(count));

export const observationCount = (count: number): string =>
  count === 1 ? t('1 observation') : t('{0} observations', shown(count));
