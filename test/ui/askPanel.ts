/** Drives the Ask panel in a journey. The class names are those of media/ask. */
import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './driver.ts';
import { until } from './waiting.ts';

const answerTimeoutMs = 30_000;

export class AskPanel {
  readonly frame: FrameLocator;

  readonly #workbench: Workbench;

  /** `which`: among all shown webviews; the walkthrough has its own, which precedes Ask's. */
  constructor(workbench: Workbench, which: 'first' | 'last' = 'first') {
    this.#workbench = workbench;
    const webviews = workbench.page.locator('iframe.webview.ready');
    this.frame = (which === 'first' ? webviews.first() : webviews.last())
      .contentFrame()
      .frameLocator('#active-frame');
  }

  get composer(): Locator {
    return this.frame.locator('.composer textarea');
  }

  get answers(): Locator {
    return this.frame.locator('.answer');
  }

  get lastAnswer(): Locator {
    return this.answers.last();
  }

  /** The sentence where there is no answer, or only a part of one. */
  get problem(): Locator {
    return this.lastAnswer.locator('.problem');
  }

  /** Sends a question and waits for the answer's element, which is then the last one, but not for its text. */
  async send(question: string): Promise<void> {
    const before = await this.answers.count();
    await this.composer.fill(question);
    await this.composer.press('Enter');
    await this.answers.nth(before).waitFor();
  }

  /** Sends a question and waits until the answer is paid for or has failed. */
  async ask(question: string): Promise<void> {
    await this.send(question);
    await this.settled();
  }

  /** Chooses the model for the next answers by its label. */
  async choose(model: string): Promise<void> {
    await this.frame.locator('.composer .model-picker').click();
    await this.#workbench.answer(model);
    await this.frame.locator('.composer .model-picker').filter({ hasText: model }).waitFor();
  }

  /** Waits until the last answer has its cost, or a problem. */
  async settled(): Promise<void> {
    const end = this.lastAnswer.locator('.meta .fact, .problem').first();
    await end.waitFor({ timeout: answerTimeoutMs });
  }
}

/** Runs PILOT: Ask and waits for the panel. */
/**
 * Opens Ask. With nothing open, Ask gets a group on the right (a host test holds that); the journeys then join the groups,
 * so that every page has the whole width.
 */
export async function openAskPanel(workbench: Workbench): Promise<AskPanel> {
  const isEmpty = (await workbench.page.locator('.editor-group-container .tab').count()) === 0;
  await workbench.command('PILOT: Ask');
  const panel = new AskPanel(workbench);
  await panel.composer.waitFor();
  if (isEmpty) {
    // A locked group would send the next page into a group of its own.
    await workbench.command('View: Toggle Editor Group Lock');
    await workbench.command('View: Join All Editor Groups');
    await until(
      async () => (await workbench.page.locator('.editor-group-container').count()) === 1,
      'one group is left',
    );
    await panel.composer.waitFor();
  }
  return panel;
}
