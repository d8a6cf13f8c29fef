/** Reports a pinned model that was removed from the settings: one sentence, once a session. */
import * as vscode from 'vscode';
import { VSCODE_ENDPOINT_ID } from '../../app/chat/offer.ts';
import { lostPins, pin, type Pinned } from '../../app/call/pins.ts';
import { showInformation } from '../kit/notify.ts';
import type { SteeringDeps, SteeringEngine } from './deps.ts';

export class LostPinsNotice implements vscode.Disposable {
  readonly #models: SteeringDeps['models'];
  readonly #following: vscode.Disposable;
  readonly #told = new Set<string>();
  #engine: SteeringEngine | undefined;

  constructor({ models, onEngineBuilt }: Pick<SteeringDeps, 'models' | 'onEngineBuilt'>) {
    this.#models = models;
    this.#following = models.onDidChange(() => this.#look());
    onEngineBuilt((engine) => {
      this.#engine = engine;
      this.#look();
    });
  }

  dispose(): void {
    this.#following.dispose();
  }

  #look(): void {
    if (!this.#engine) return;
    const { workspace } = this.#engine;
    const present = this.#models.arms.map(({ id }) => id);
    const lost = lostPins(workspace.get(), present).filter(({ armId }) => !comesLate(armId));
    for (const armId of new Set(lost.map((each) => each.armId))) {
      if (this.#told.has(armId)) continue;
      this.#told.add(armId);
      void this.#tell(this.#engine, lost.filter((each) => each.armId === armId)); // prettier-ignore
    }
  }

  async #tell({ workspace }: SteeringEngine, lost: readonly Pinned[]): Promise<void> {
    const { t } = vscode.l10n;
    const unpin = t('Unpin');
    const name = lost[0]?.armId ?? '';
    const picked = await showInformation(
      t('{0} was pinned and is no longer set up. PILOT chooses among the others.', name),
      unpin,
    );
    if (picked === unpin) for (const { scope } of lost) pin(workspace, scope, undefined);
  }
}

/** VS Code announces its own models some time after the start. */
const comesLate = (armId: string): boolean => armId.startsWith(`${VSCODE_ENDPOINT_ID}/`);
