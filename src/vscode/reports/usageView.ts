/**
 * The usage view: first the spending, from sums in the database, then what needs the decision log, section by section,
 * each in its reserved space.
 */
import * as vscode from 'vscode';
import { readDigest, type Digest } from '../../app/usage/digest.ts';
import { spendReport, type SpendReport } from '../../app/usage/spend.ts';
import type { ArmId } from '../../core/brand.ts';
import type { Head } from '../../core/decision.ts';
import type { FromReport, Report } from '../../protocol/report.ts';
import { breakdownSections } from './breakdownSections.ts';
import { pending, wordsOnly, type BuiltSection } from './built.ts';
import { choicesOf, type Chosen } from './choices.ts';
import type { UsageDeps, UsageEngine } from './deps.ts';
import { chargesSection } from './chargesSection.ts';
import { holdsSection } from './holdsSection.ts';
import { monthSection } from './monthSection.ts';
import type { WorkspaceNames } from './names.ts';
import { planeSection, planeTitle, qualitySection, qualityTitle } from './qualitySections.ts';
import { ReportPanel } from './reportPanel.ts';
import { saveText } from '../kit/saveText.ts';
import type { MessageHandlers } from '../kit/webviewPanel.ts';
import { savingsSection, savingsTitle } from './savingsSection.ts';
import { sourceOf } from './source.ts';
import { tilesOf } from './tiles.ts';

const t = vscode.l10n.t;
/** Changes come in bursts: a reservation, its settlement, a decision, an outcome. */
const settleMs = 1_500;

/** The chart and the spending by model; other sections show one line each until opened. */
const alwaysOpen = new Set(['month', 'model']);

export class UsageView implements vscode.Disposable {
  readonly #deps: UsageDeps;
  readonly #names: WorkspaceNames;
  readonly #panel: ReportPanel;
  readonly #subscriptions: { dispose(): unknown }[] = [];
  #sections = new Map<string, BuiltSection>();
  #chosen: Chosen = { period: undefined, workspaceId: undefined, head: 'ask' };
  /** Increases with every refresh, so results of an older one are dropped. */
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #following = false;

  constructor(deps: UsageDeps, names: WorkspaceNames, onClosed: () => void, restored?: vscode.WebviewPanel) {
    this.#deps = deps;
    this.#names = names;
    this.#panel = new ReportPanel(
      {
        extensionUri: deps.extensionUri,
        page: 'usage',
        title: t('PILOT: Usage'),
        log: deps.log,
        handlers: this.#handlers(),
        onClosed: () => {
          this.#stop();
          onClosed();
        },
      },
      restored,
    );
    this.#subscriptions.push(
      deps.models.onDidChange(() => this.#soon()),
      deps.settings.onDidChange(() => this.#soon()),
    );
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#stop();
    this.#panel.dispose();
  }

  #handlers(): MessageHandlers<FromReport> {
    return {
      ready: () => this.#refresh(),
      choose: ({ id, option }) => {
        this.#chosen = chosenAfter(this.#chosen, id, option, this.#deps.workspaceId);
        return this.#refresh();
      },
      csv: async ({ section: id }) => {
        const section = this.#sections.get(id);
        if (section?.csv) await saveText(`pilot-${id}.csv`, section.csv(), 'csv');
      },
      act: ({ section, action }) => this.#sections.get(section)?.act?.(action),
    };
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, settleMs);
  }

  async #refresh(): Promise<void> {
    if (!this.#panel.ready) return;
    const generation = ++this.#generation;
    try {
      const engine = await this.#deps.engine();
      this.#follow(engine);
      await this.#show(engine, generation);
    } catch (error) {
      this.#deps.log.error('The usage view could not be filled', error);
      const broken = wordsOnly(
        'problem',
        t('Nothing to show'),
        t('The spending ledger could not be read. The log has the details.'),
      );
      this.#panel.show({
        title: t('Usage'),
        lead: '',
        choices: [],
        tiles: [],
        sections: [broken.section],
        folded: [],
      });
    }
  }

  #follow(engine: UsageEngine): void {
    if (this.#following) return;
    this.#following = true;
    this.#subscriptions.push(engine.store.ledger.onDidChange(() => this.#soon()));
  }

  async #show(engine: UsageEngine, generation: number): Promise<void> {
    const source = sourceOf(this.#deps, engine);
    const spend = await spendReport(source, this.#chosen);
    if (generation !== this.#generation || !spend) return;
    const early = [
      monthSection(spend.month),
      ...breakdownSections(spend, { arms: this.#deps.models.arms, workspaces: this.#names }),
      holdsSection(spend.holds, this.#deps.models.arms),
      chargesSection(spend.charges, this.#deps.models.arms),
    ];
    const late = ['quality', 'plane', 'savings'].map((id) => this.#sections.get(id) ?? waiting(id));
    const sections = [...early.slice(0, 2), ...late, ...early.slice(2)];
    this.#sections = new Map(sections.map((built) => [built.section.id, built]));
    this.#panel.show(this.#report(spend, sections, source.summary().periodEnd));
    const digest = await readDigest(engine.store.usage, {
      head: this.#chosen.head,
      workspaceId: this.#chosen.workspaceId,
      abandoned: () => generation !== this.#generation,
    });
    await this.#showLate(digest, source.formerModel(), generation);
  }

  /** One at a time, with a pause after each: every estimate over 20,000 decisions takes a moment. */
  async #showLate(digest: Digest, former: ArmId | undefined, generation: number): Promise<void> {
    const { arms } = this.#deps.models;
    const builders = [
      () => qualitySection(digest, arms),
      () => planeSection(digest, arms),
      () => savingsSection(digest, former, arms),
    ];
    for (const build of builders) {
      if (generation !== this.#generation) return;
      const built = build();
      this.#sections.set(built.section.id, { ...built, act: runAction });
      this.#panel.update(built.section);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  #report(spend: SpendReport, sections: readonly BuiltSection[], resetsAt: number): Report {
    return {
      title: t('Usage'),
      lead: t(
        'What PILOT spent, what it learned about your models, and what routing saved. All of it stays on this machine.',
      ),
      choices: choicesOf(this.#chosen, spend, this.#deps.workspaceId),
      tiles: tilesOf(spend, resetsAt),
      sections: sections.map(({ section }) => section),
      folded: sections.map(({ section }) => section.id).filter((id) => !alwaysOpen.has(id)),
    };
  }

  #stop(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

function waiting(id: string): BuiltSection {
  const title = id === 'quality' ? qualityTitle() : id === 'plane' ? planeTitle() : savingsTitle();
  return pending(id, title, t('Reading the decision log.'));
}

function chosenAfter(chosen: Chosen, id: string, option: string, workspaceId: string): Chosen {
  switch (id) {
    case 'period':
      return { ...chosen, period: /^\d{4}-\d{2}$/.test(option) ? option : undefined };
    case 'scope':
      return { ...chosen, workspaceId: option === 'this' ? workspaceId : undefined };
    case 'head':
      return { ...chosen, head: (option === 'inline' ? 'inline' : 'ask') satisfies Head };
    default:
      return chosen;
  }
}

async function runAction(action: string): Promise<void> {
  if (action === 'profile') await vscode.commands.executeCommand('pilot.chooseProfile');
  if (action === 'former') await vscode.commands.executeCommand('pilot.chooseFormerModel');
}
