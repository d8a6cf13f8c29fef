/** The whole of one decision in a panel of its own; another decision takes its place there. */
import * as vscode from 'vscode';
import type { Decision } from '../../core/decision.ts';
import type { ModelTable } from '../../core/modelTable.ts';
import type { BuiltSection } from '../usage/built.ts';
import type { UsageDeps } from '../usage/deps.ts';
import { ReportPanel } from '../usage/reportPanel.ts';
import { saveText } from '../usage/saveCsv.ts';
import { decisionReport } from './decisionReport.ts';

const t = vscode.l10n.t;

export class DecisionView implements vscode.Disposable {
  readonly #deps: Pick<UsageDeps, 'models' | 'engine'>;
  #known: ModelTable | undefined;
  readonly #panel: ReportPanel;
  readonly #subscription: vscode.Disposable;
  #decision: Decision | undefined;
  #sections: readonly BuiltSection[] = [];

  constructor(deps: UsageDeps, onClosed: () => void) {
    this.#deps = deps;
    this.#panel = ReportPanel.open(
      { extensionUri: deps.extensionUri, page: 'decision', title: t('PILOT: Decision'), log: deps.log },
      {
        onReady: () => this.#refresh(),
        onMessage: (message) => {
          if (message.type !== 'csv') return;
          const section = this.#sections.find((built) => built.section.id === message.section);
          if (section?.csv) void saveText(`pilot-decision-${message.section}.csv`, section.csv(), 'csv');
        },
        onClosed: () => {
          this.#subscription.dispose();
          onClosed();
        },
      },
    );
    this.#subscription = deps.models.onDidChange(() => this.#refresh());
  }

  show(decision: Decision): void {
    this.#decision = decision;
    this.#panel.reveal();
    this.#refresh();
    void this.#learnKnown();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#panel.dispose();
  }

  /** A decision stands in the engine's log, so the engine is there or is being built for it. */
  async #learnKnown(): Promise<void> {
    if (this.#known) return;
    // Whoever builds the engine tells why it cannot be built; the page does without.
    const engine = await this.#deps.engine().catch(() => undefined);
    if (!engine) return;
    this.#known = engine.space.models;
    this.#refresh();
  }

  #refresh(): void {
    if (!this.#decision) return;
    const { report, sections } = decisionReport(this.#decision, this.#deps.models.arms, this.#known);
    this.#sections = sections;
    this.#panel.show(report);
  }
}
