/** One decision in a panel of its own; another decision replaces it there. */
import * as vscode from 'vscode';
import type { Decision } from '../../core/decision.ts';
import type { ModelTable } from '../../core/models/modelTable.ts';
import type { BuiltSection } from './built.ts';
import type { UsageDeps } from './deps.ts';
import type { FromReport } from '../../protocol/report.ts';
import type { MessageHandlers } from '../kit/webviewPanel.ts';
import { ReportPanel } from './reportPanel.ts';
import { saveText } from '../kit/saveText.ts';
import { decisionReport } from './decisionReport.ts';

const t = vscode.l10n.t;

export class DecisionView implements vscode.Disposable {
  readonly #deps: Pick<UsageDeps, 'models' | 'engine'>;
  #known: ModelTable | undefined;
  readonly #panel: ReportPanel;
  readonly #subscription: vscode.Disposable;
  #decision: Decision | undefined;
  #sections: readonly BuiltSection[] = [];

  constructor(deps: UsageDeps, onClosed: () => void, restored?: vscode.WebviewPanel) {
    this.#deps = deps;
    const { extensionUri, log } = deps;
    const handlers: MessageHandlers<FromReport> = {
      ready: () => this.#refresh(),
      csv: async ({ section: id }) => {
        const section = this.#sections.find((built) => built.section.id === id);
        if (section?.csv) await saveText(`pilot-decision-${id}.csv`, section.csv(), 'csv');
      },
      // The page has no choices and no actions.
      choose: () => undefined,
      act: () => undefined,
    };
    const title = t('PILOT: Decision');
    this.#panel = new ReportPanel(
      {
        extensionUri,
        page: 'decision',
        title,
        log,
        handlers,
        onClosed: () => {
          this.#subscription.dispose();
          onClosed();
        },
      },
      restored,
    );
    this.#subscription = deps.models.onDidChange(() => this.#refresh());
  }

  /** A panel that is restored after a reload stays in its place. */
  show(decision: Decision, { reveal }: { readonly reveal: boolean }): void {
    this.#decision = decision;
    if (reveal) this.#panel.reveal();
    this.#refresh();
    void this.#learnKnown();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#panel.dispose();
  }

  /** A decision is in the engine's log, so the engine is built or being built. */
  async #learnKnown(): Promise<void> {
    if (this.#known) return;
    // The builder of the engine reports a failure; the page works without it.
    const engine = await this.#deps.engine().catch(() => undefined);
    if (!engine) return;
    this.#known = engine.space.models;
    this.#refresh();
  }

  #refresh(): void {
    if (!this.#decision) return;
    const { report, sections } = decisionReport(this.#decision, this.#deps.models.arms, this.#known);
    this.#sections = sections;
    this.#panel.show(report, this.#decision.id);
  }
}
