/**
 * The entry of the usage surface: commands, the tree in the side bar, the restored panel. The rest is loaded at first
 * use.
 */
import * as vscode from 'vscode';
import type { DecisionId } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import type { DecisionView } from './decisionView.ts';
import type { UsageDeps } from './deps.ts';
import { modelName, WorkspaceNames } from './names.ts';
import { setFormerModel } from './source.ts';
import { UsageTree } from './usageTree.ts';
import type { UsageView } from './usageView.ts';
import { showInformation } from '../kit/notify.ts';
import { panelType } from '../kit/panelType.ts';
import { object, parse, text } from '../../core/shape.ts';

export type { UsageDeps } from './deps.ts';

const t = vscode.l10n.t;

export function registerUsage(deps: UsageDeps): vscode.Disposable {
  const names = new WorkspaceNames(deps.globalState, deps.workspaceId);
  names.remember(vscode.workspace.name);
  const surface = new UsageSurface(deps, names);
  const tree = new UsageTree(deps, names);
  const command = (id: string, run: (...args: unknown[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, run);
  return vscode.Disposable.from(
    surface,
    tree,
    vscode.window.registerTreeDataProvider('pilot.usage', tree),
    command('pilot.showSpending', () => surface.showUsage()),
    command('pilot.refreshUsage', () => tree.refresh()),
    command('pilot.showDecision', (id) =>
      surface.showDecision(typeof id === 'string' ? (id as DecisionId) : undefined),
    ),
    command('pilot.chooseFormerModel', () => chooseFormerModel(deps)),
    vscode.window.registerWebviewPanelSerializer(panelType('usage'), {
      deserializeWebviewPanel: (panel) => surface.showUsage(panel),
    }),
    vscode.window.registerWebviewPanelSerializer(panelType('decision'), {
      deserializeWebviewPanel: (panel, state) => surface.restoreDecision(panel, keptIn(state)),
    }),
  );
}

/** One usage view and one decision view at most. */
class UsageSurface implements vscode.Disposable {
  readonly #deps: UsageDeps;
  readonly #names: WorkspaceNames;
  #usage: UsageView | undefined;
  #decision: DecisionView | undefined;

  constructor(deps: UsageDeps, names: WorkspaceNames) {
    this.#deps = deps;
    this.#names = names;
  }

  async showUsage(restored?: vscode.WebviewPanel): Promise<void> {
    const { UsageView } = await import('./usageView.ts');
    if (this.#usage) {
      // Another was opened while this one was restored or loaded.
      if (restored) restored.dispose();
      else this.#usage.reveal();
      return;
    }
    this.#usage = new UsageView(this.#deps, this.#names, () => (this.#usage = undefined), restored);
  }

  /** Without an id, the last decision. */
  async showDecision(id: DecisionId | undefined): Promise<void> {
    const { store } = await this.#deps.engine();
    const decision = id === undefined
      ? (await store.usage.decisions({ limit: 1 }))[0]?.decision
      : await store.log.decision(id); // prettier-ignore
    if (!decision) {
      void showInformation(
        id === undefined
          ? t('PILOT has not made a decision yet.')
          : t('This decision is no longer in the log.'),
      );
      return;
    }
    await this.#openDecision(decision);
  }

  /** The panel's decision was forgotten meanwhile, so there is nothing to show. */
  async restoreDecision(panel: vscode.WebviewPanel, id: string | undefined): Promise<void> {
    const { store } = await this.#deps.engine();
    const decision = id === undefined ? undefined : await store.log.decision(id as DecisionId);
    if (!decision || this.#decision) {
      panel.dispose();
      return;
    }
    await this.#openDecision(decision, panel);
  }

  async #openDecision(decision: Decision, restored?: vscode.WebviewPanel): Promise<void> {
    const { DecisionView } = await import('./decisionView.ts');
    if (this.#decision && restored) {
      restored.dispose();
      return;
    }
    this.#decision ??= new DecisionView(this.#deps, () => (this.#decision = undefined), restored);
    this.#decision.show(decision, { reveal: restored === undefined });
  }

  dispose(): void {
    this.#usage?.dispose();
    this.#decision?.dispose();
  }
}

/** Only the user knows the model used before PILOT. */
async function chooseFormerModel(deps: UsageDeps): Promise<void> {
  const { arms } = deps.models;
  const picked = await vscode.window.showQuickPick(
    arms.map(({ id, model }) => ({ label: modelName(arms, id), description: model, id })),
    { title: t('Which model did you use for everything before PILOT?') },
  );
  if (!picked) return;
  await setFormerModel(deps, picked.id);
  await vscode.commands.executeCommand('pilot.showSpending');
}

/** The page's kept value after a reload; undefined where there is none, or an unknown one. */
const keptIn = (state: unknown): string | undefined => parse(object({ keep: text(200) }), state)?.keep;
