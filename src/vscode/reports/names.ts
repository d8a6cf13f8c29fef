/** Names for ids: models by their labels, workspaces by their folders, purposes and sources in words. */
import * as vscode from 'vscode';
import type { Arm } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import { LOCAL_ARM } from '../../core/local/localArm.ts';
import { shownName } from '../kit/armName.ts';
import { languageLabel } from '../kit/languageLabel.ts';
import { locale } from '../kit/locale.ts';
import { mapOf, parse, text } from '../../core/shape.ts';

const t = vscode.l10n.t;

export const quality = (value: number): string => Math.round(value * 100).toLocaleString(locale());

/** "83 ± 4": points of 100. */
export const estimate = (mean: number, width: number): string => `${quality(mean)} ± ${quality(width)}`;

export function modelName(arms: readonly Arm[], id: ArmId): string {
  if ((id as string) === '') return t('opening balance');
  const arm = id === LOCAL_ARM.id ? LOCAL_ARM : arms.find((candidate) => candidate.id === id);
  if (!arm) return t('{0} (removed)', id);
  return shownName(arm);
}

export function surfaceName(purpose: string): string {
  switch (purpose) {
    case 'ask':
      return t('Ask');
    case 'inline':
      return t('Inline completions');
    case 'chat':
      return t('VS Code Chat');
    case 'retry':
      return t('Retries after a failure');
    case 'embedding':
      return t('Embeddings');
    case 'test':
      return t('Model tests');
    case 'opening':
      return t('Opening balance');
    default:
      return purpose;
  }
}

export function sourceName(source: string): string {
  switch (source) {
    case 'reported':
      return t('Reported by the provider');
    case 'priced-usage':
      return t('Tokens reported, priced here');
    case 'estimate':
      return t('Estimated');
    case 'worst-case':
      return t('Counted at its worst case');
    case 'reserved':
      return t('Under way');
    default:
      return source;
  }
}

export const languageName = (language: string): string =>
  language === '' ? t('No language') : languageLabel(language);

const namesKey = 'pilot.workspaceNames';
const maxNames = 200;

/** The ledger identifies workspaces by hash; their names stay on this machine, for the rows' labels. */
export class WorkspaceNames {
  readonly #memento: vscode.Memento;
  readonly #own: string;

  constructor(memento: vscode.Memento, own: string) {
    this.#memento = memento;
    this.#own = own;
  }

  remember(name: string | undefined): void {
    const known = this.#known();
    if (name === undefined || known[this.#own] === name) return;
    const others = Object.entries(known).filter(([id]) => id !== this.#own);
    const kept = [...others, [this.#own, name] as const].slice(-maxNames);
    void this.#memento.update(namesKey, Object.fromEntries(kept));
  }

  of(id: string): string {
    if (id === '') return t('Unknown workspace');
    if (id === 'no-folder') return t('No folder open');
    const name = this.#known()[id] ?? t('Workspace {0}', id.slice(0, 6));
    return id === this.#own ? t('{0} (this one)', name) : name;
  }

  #known(): Readonly<Record<string, string>> {
    return parse(mapOf(text(Infinity)), this.#memento.get<unknown>(namesKey)) ?? {};
  }
}
