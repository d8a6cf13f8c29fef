import * as vscode from 'vscode';
import { showInformation } from '../kit/notify.ts';

interface PauseSettings {
  readonly learningPaused: boolean;
  setLearningPaused(paused: boolean): Promise<void>;
}

/** A thumb while learning is paused teaches nothing; the user is told, and can have it learned after all. */
export class PausedThumb {
  readonly #settings: PauseSettings;
  /** The thumbs of the one notice that is shown. */
  #waiting: (() => Promise<void>)[] | undefined;

  constructor(settings: PauseSettings) {
    this.#settings = settings;
  }

  /** `learn` repeats the thumb. */
  async tell(learn: () => Promise<void>): Promise<void> {
    if (!this.#settings.learningPaused) return;
    if (this.#waiting) {
      this.#waiting.push(learn);
      return;
    }
    const waiting = (this.#waiting = [learn]);
    const resume = vscode.l10n.t('Resume Learning');
    const text = vscode.l10n.t(
      'Learning is paused: the thumb stays on the answer, but PILOT does not learn from it.',
    );
    try {
      if ((await showInformation(text, resume)) !== resume) return;
      await this.#settings.setLearningPaused(false);
      for (const each of waiting) await each();
    } finally {
      this.#waiting = undefined;
    }
  }
}
