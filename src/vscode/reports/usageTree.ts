/**
 * The month at a glance in the side bar: the available amount, the spending, the last decisions, and the routing
 * settings.
 */
import * as vscode from 'vscode';
import type { LoggedDecision, SpendRow } from '../../app/ports/usage.ts';
import { isMoreThanNothing, monthFacts, type MonthFacts } from '../../app/usage/glance.ts';
import type { ArmId } from '../../core/brand.ts';
import { callCount, cost, day, percent, usd, usdLeft } from '../kit/format.ts';
import type { UsageDeps, UsageEngine } from './deps.ts';
import { languageName, modelName, surfaceName, type WorkspaceNames } from './names.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;
const settleMs = 1_500;
const maxDecisions = 20;

type Group = 'model' | 'surface' | 'language' | 'workspace' | 'decisions';

type Node =
  | {
      readonly type: 'fact';
      readonly label: string;
      readonly detail: string;
      readonly icon: string;
    }
  | { readonly type: 'group'; readonly group: Group }
  | { readonly type: 'row'; readonly label: string; readonly detail: string; readonly icon: string }
  | { readonly type: 'decision'; readonly logged: LoggedDecision };

export class UsageTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #deps: UsageDeps;
  readonly #names: WorkspaceNames;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: { dispose(): unknown }[] = [];
  #engine: UsageEngine | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: UsageDeps, names: WorkspaceNames) {
    this.#deps = deps;
    this.#names = names;
    this.#subscriptions.push(
      deps.settings.onDidChange(() => this.refresh()),
      deps.models.onDidChange(() => this.refresh()),
    );
    deps.onEngineBuilt((engine) => {
      this.#engine = engine;
      this.#subscriptions.push(engine.store.ledger.onDidChange(() => this.refresh()));
      this.refresh();
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, settleMs);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const engine = (this.#engine ??= await this.#deps.engine());
    if (node?.type === 'group') return this.#rows(engine, node.group);
    if (node) return [];
    const limit = this.#deps.settings.limits().monthly;
    const facts = monthFacts(engine.store.ledger.summary(), limit);
    const groups: readonly Group[] = ['model', 'surface', 'language', 'workspace', 'decisions'];
    return [...factNodes(facts), ...groups.map((group): Node => ({ type: 'group', group }))];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.type) {
      case 'fact':
        return item(node.label, {
          description: node.detail,
          icon: node.icon,
          command: 'pilot.showSpending',
        });
      case 'row':
        return item(node.label, { description: node.detail, icon: node.icon });
      case 'group':
        return item(groupTitle(node.group), { collapsed: true, icon: groupIcon(node.group), id: node.group });
      case 'decision':
        return this.#decisionItem(node.logged);
    }
  }

  async #rows(engine: UsageEngine, group: Group): Promise<Node[]> {
    const { usage, ledger } = engine.store;
    if (group === 'decisions') {
      const logged = await usage.decisions({ limit: maxDecisions });
      return logged.length > 0
        ? logged.map((entry): Node => ({ type: 'decision', logged: entry }))
        : [nothing()];
    }
    const rows = await usage.spend(group, { period: ledger.summary().period });
    if (rows.length === 0) return [nothing()];
    return rows.slice(0, 50).map((row): Node => ({
      type: 'row',
      label: this.#name(group, row.key),
      detail: detailOf(row),
      icon: isMoreThanNothing(row) ? 'circle-filled' : 'circle-outline',
    }));
  }

  #name(group: Exclude<Group, 'decisions'>, key: string): string {
    switch (group) {
      case 'model':
        return modelName(this.#deps.models.arms, key as ArmId);
      case 'surface':
        return surfaceName(key);
      case 'language':
        return languageName(key);
      case 'workspace':
        return this.#names.of(key);
    }
  }

  #decisionItem({ decision, cost: spent }: LoggedDecision): vscode.TreeItem {
    const name = modelName(this.#deps.models.arms, decision.chosen);
    const at = new Date(decision.at);
    // A narrow side bar cuts a row at its end: time and cost are short and come first, and a cut name can be guessed.
    const now = new Date(this.#deps.clock.now());
    const made = item(`${shortTime(at, now)} · ${cost(spent)}`, { description: name, icon: 'git-commit' });
    const language = decision.context.coarse.language;
    const facts = [
      name,
      cost(spent),
      surfaceName(decision.surface),
      ...(language === '' ? [] : [languageName(language)]),
      at.toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }),
      t('Show the whole decision'),
    ];
    made.tooltip = facts.join(' · ');
    made.command = { command: 'pilot.showDecision', title: t('Show Decision'), arguments: [decision.id] };
    return made;
  }
}

/** The time for today, otherwise the day. */
const shortTime = (at: Date, now: Date): string =>
  at.toDateString() === now.toDateString()
    ? at.toLocaleTimeString(locale(), { timeStyle: 'short' })
    : at.toLocaleDateString(locale(), { month: 'short', day: 'numeric' });

const nothing = (): Node => ({ type: 'row', label: t('Nothing this month'), detail: '', icon: 'dash' });

const detailOf = (row: SpendRow): string => t('{0}, {1}', cost(row.settled), callCount(row.calls));

function factNodes({ spent, limit, available, reserved, resetsAt }: MonthFacts): readonly Node[] {
  const of =
    limit === undefined || limit === 0
      ? t('this month')
      : t('{0} of {1} this month', percent(spent / limit), usd(limit));
  const fact = (label: string, detail: string, icon: string): Node => ({ type: 'fact', label, detail, icon });
  return [
    fact(t('{0} spent', usd(spent)), of, 'credit-card'),
    ...(available === undefined
      ? [fact(t('No monthly limit'), t('free models only'), 'warning')]
      : [fact(t('{0} available', usdLeft(available)), t('resets on {0}', day(resetsAt)), 'dashboard')]),
    ...(reserved > 0
      ? [fact(t('{0} reserved', usd(reserved)), t('calls whose bill is not known yet'), 'lock')]
      : []),
  ];
}

function groupTitle(group: Group): string {
  switch (group) {
    case 'model':
      return t('By model');
    case 'surface':
      return t('By feature');
    case 'language':
      return t('By language');
    case 'workspace':
      return t('By workspace');
    case 'decisions':
      return t('Last decisions');
  }
}

const icons: Readonly<Record<Group, string>> = {
  model: 'circuit-board',
  surface: 'layers',
  language: 'code',
  workspace: 'folder',
  decisions: 'history',
};
const groupIcon = (group: Group): string => icons[group];

interface ItemParts {
  readonly description?: string;
  readonly icon: string;
  readonly collapsed?: boolean;
  readonly id?: string;
  readonly command?: string;
}

function item(label: string, parts: ItemParts): vscode.TreeItem {
  const collapsed = vscode.TreeItemCollapsibleState[parts.collapsed === true ? 'Collapsed' : 'None'];
  const made = new vscode.TreeItem(label, collapsed);
  made.iconPath = new vscode.ThemeIcon(parts.icon);
  if (parts.description !== undefined) made.description = parts.description;
  if (parts.id !== undefined) made.id = parts.id;
  if (parts.command !== undefined) made.command = { command: parts.command, title: label };
  return made;
}
