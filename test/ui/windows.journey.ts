import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { LoggedRequest } from '../fakes/modelServer.ts';
import { practiceModels } from '../fakes/practiceModels.ts';
import { type AskPanel, openAskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

/** Slow enough that the other window can act during the answer. */
const slow = { kind: 'slow', tokenMs: 100 } as const;
/** The worst case of the most expensive model is below this limit, so it may be asked. */
const limitUsd = 5;

describe('Windows', () => {
  const workbench = useWorkbench();

  /** The available amount in the status bar, in USD. */
  async function left(page: Page = workbench.page): Promise<number> {
    const item = workbench.statusBarItem('', page).filter({ hasText: '$' });
    const amount = /\$([\d.,]+)/.exec(await item.innerText())?.[1] ?? '';
    return Number(amount.replaceAll(',', ''));
  }

  /** The output cap that was sent, at the model's price: the part of the worst case that a test can compute. */
  function worstCaseUsd({ body, model }: LoggedRequest): number {
    const price = practiceModels.find(({ id }) => id === model)?.price;
    const { max_tokens: cap } = body as { readonly max_tokens: number };
    assert.ok(price);
    return (cap * price.outputUsdPerMTok) / 1e6;
  }

  /** Waits until the endpoint serves the request and the first words are shown, so the last answer is this one. */
  async function startAnswer(panel: AskPanel, question: string): Promise<void> {
    const { requests } = workbench.models;
    const before = requests.length;
    const answers = await panel.answers.count();
    await panel.send(question);
    await workbench.until(() => requests.length > before, 'the request is sent');
    await panel.answers.nth(answers).locator('.answer-body p').first().waitFor();
  }

  const billedUsd = (): number => workbench.models.billedNanoUsd / 1e9;

  it('share one limit: what one window spends, the other one has less', async () => {
    const second = await workbench.openSecondWindow();
    const panel = await openAskPanel(workbench);
    // The most expensive model: a change below half a cent would not be visible.
    await panel.choose('Sage');
    await panel.ask('Explain what a knapsack policy is');
    await workbench.models.idle();
    const spent = billedUsd();
    assert.ok(spent > 0);
    await workbench.until(async () => (await left(second)) < limitUsd, 'the other window has less too');
    // Until the window has received the settlement, it counts the reservation.
    await workbench.until(async () => (await left(second)) === (await left()), 'both windows say the same');
    await second.close();
  });

  it('that close in the middle of an answer owe for it no less than was served', async () => {
    const panel = await openAskPanel(workbench);
    workbench.models.next(slow);
    await startAnswer(panel, 'Refactor `totalOf` and give every reason');
    await workbench.closeAndReopen(3_000);
    await workbench.models.idle();
    await workbench.until(
      async () => limitUsd - (await left()) >= billedUsd() - 0.005,
      'what was served is spent or reserved',
    );
    await workbench.shot('reopened-after-closing-mid-answer');
  });

  it('whose extension host dies in the middle of an answer owe its worst case', async () => {
    const panel = await openAskPanel(workbench);
    workbench.models.next(slow);
    await startAnswer(panel, 'Review `byCustomer` in every detail');
    workbench.killExtensionHost();
    await workbench.models.idle();
    const [request] = workbench.models.requests.slice(-1);
    assert.ok(request?.clientClosed, 'the answer was cut');
    await workbench.reload();
    // It is unknown what was served, so the most possible counts.
    await workbench.until(
      async () => limitUsd - (await left()) >= worstCaseUsd(request),
      'the worst case counts',
    );
    await workbench.shot('after-the-extension-host-died');
    const again = await openAskPanel(workbench);
    await again.ask('Does it still work?');
    assert.equal(await again.problem.count(), 0);
  });
});
