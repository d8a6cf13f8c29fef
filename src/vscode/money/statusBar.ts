import * as vscode from 'vscode';
import type { SpendSummary } from '../../app/ports/money.ts';
import type { DecisionId, NanoUsd } from '../../core/brand.ts';
import { standingOf } from '../../core/money/available.ts';
import { percent, usd, usdLeft } from '../kit/format.ts';
import { storageText } from '../words/storageText.ts';
import { escapedMarkdown } from '../kit/plain.ts';

export type Activity = 'ready' | 'thinking';

export interface StatusFacts {
  readonly activity: Activity;
  readonly hasModels: boolean;
  /** Whether a model may cost money. */
  readonly needsLimit: boolean;
  readonly monthlyLimit: NanoUsd | undefined;
  readonly spend: SpendSummary | undefined;
  /** With its reason line, if any. */
  readonly lastDecision: { readonly id: DecisionId; readonly reason: string } | undefined;
}

/** PILOT's item in the status bar: its state, and the amount available this month. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('pilot.status', vscode.StatusBarAlignment.Right, 100);
    this.#item.name = 'PILOT';
  }

  show(facts: StatusFacts): void {
    const face = faceOf(facts);
    this.#item.text = face.text;
    this.#item.command = face.command;
    this.#item.backgroundColor = face.warn
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.tooltip = tooltip(facts, face.state);
    this.#item.accessibilityInformation = { label: `PILOT: ${face.state}`, role: 'button' };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

interface Face {
  readonly text: string;
  readonly state: string;
  readonly command: string;
  readonly warn: boolean;
}

export function faceOf(facts: StatusFacts): Face {
  const t = vscode.l10n.t;
  if (!facts.hasModels) {
    return {
      text: t('$(circuit-board) PILOT: set up'),
      state: t('no models yet'),
      command: 'pilot.setUpModels',
      warn: false,
    };
  }
  if (facts.spend && facts.spend.state === 'needs-confirmation') {
    const state = t('spending must be confirmed');
    return { text: '$(warning) PILOT', state, command: 'pilot.confirmSpending', warn: true };
  }
  if (facts.spend && facts.spend.state === 'unavailable') {
    const state = t('the spending ledger cannot be used, free models only');
    return { text: '$(warning) PILOT', state, command: 'pilot.menu', warn: true };
  }
  if (facts.activity === 'thinking') {
    return { text: '$(sync~spin) PILOT', state: t('thinking'), command: 'pilot.menu', warn: false };
  }
  const left = moneyLeft(facts);
  if (left === undefined)
    return { text: '$(circuit-board) PILOT', state: t('ready'), command: 'pilot.menu', warn: false };
  if (left <= 0 && facts.monthlyLimit !== 0) {
    return {
      text: t('$(circle-slash) PILOT: limit'),
      state: t('limit reached, free models only'),
      command: 'pilot.menu',
      warn: true,
    };
  }
  const state = t('ready, {0} available this month', usdLeft(left));
  return { text: `$(circuit-board) ${usdLeft(left)}`, state, command: 'pilot.menu', warn: false };
}

/** The amount available this month; undefined when no limit is set or the ledger has not been read yet. */
export function moneyLeft(facts: Pick<StatusFacts, 'monthlyLimit' | 'spend'>): NanoUsd | undefined {
  const { spend } = facts;
  if (facts.monthlyLimit === undefined || !spend) return undefined;
  return standingOf(spend, facts.monthlyLimit).available;
}

function tooltip(facts: StatusFacts, state: string): vscode.MarkdownString {
  const t = vscode.l10n.t;
  const lines = [`PILOT · ${state}`];
  const spend = facts.spend;
  if (spend && facts.monthlyLimit !== undefined && facts.monthlyLimit > 0) {
    const { spent, reserved, available, limit = facts.monthlyLimit } = standingOf(spend, facts.monthlyLimit);
    lines.push(t('{0} of {1} spent this month ({2})', usd(spent), usd(limit), percent(spent / limit)));
    if (reserved > 0) lines.push(t('{0} reserved for calls whose bill is not known yet', usd(reserved)));
    if (available !== undefined) lines.push(t('{0} available', usdLeft(available)));
  }
  if (spend?.state === 'unavailable')
    lines.push(storageText({ kind: spend.problemKind ?? 'io-error', reason: spend.problem ?? '' }));
  if (facts.monthlyLimit === undefined && facts.hasModels)
    lines.push(t('No monthly limit is set: only free models are used.'));
  if (facts.lastDecision) lines.push(facts.lastDecision.reason);
  const paragraphs = [...lines.map(escapedMarkdown), waysOn(facts)];
  const markdown = new vscode.MarkdownString(paragraphs.join('\n\n'));
  // Only these links can run a command; names of models and servers are escaped above.
  markdown.isTrusted = { enabledCommands: ['pilot.showDecision', 'pilot.showSpending'] };
  return markdown;
}

function waysOn({ lastDecision }: StatusFacts): string {
  const t = vscode.l10n.t;
  const link = (label: string, command: string, ...args: readonly string[]): string =>
    `[${escapedMarkdown(label)}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
  return [
    ...(lastDecision ? [link(t('Why this model?'), 'pilot.showDecision', lastDecision.id)] : []),
    link(t('Usage'), 'pilot.showSpending'),
  ].join(' · ');
}
