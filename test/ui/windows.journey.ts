import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { LoggedRequest } from '../fakes/modelServer.ts';
import { practiceModels } from '../fakes/practiceModels.ts';
import { type AskPanel, openAskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

/** Slow enough to be met in the middle. */
const slow = { kind: 'slow', tokenMs: 100 } as const;
/** The dearest model's worst case stays below this limit, so that it may be asked at all. */
const limitUsd = 5;

describe('Windows', () => {
  const workbench = useWorkbench();

  /** What the status bar says is left, in USD. */
  async function left(page: Page = workbench.page): Promise<number> {
    const item = workbench.statusBarItem('', page).filter({ hasText: '$' });
    const amount = /\$([\d.,]+)/.exec(await item.innerText())?.[1] ?? '';
    return Number(amount.replaceAll(',', ''));
  }

  /** The output cap that was sent, at the model's price: the part of the worst case that a test can know. */
  function worstCaseUsd({ body, model }: LoggedRequest): number {
    const price = practiceModels.find(({ id }) => id === model)?.price;
    const { max_tokens: cap } = body as { readonly max_tokens: number };
    assert.ok(price);
    return (cap * price.outputUsdPerMTok) / 1e6;
  }

  /** Until the endpoint serves it and its first words show: the last answer is then this one. */
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
    // The dearest one: less than half a cent would not show in what is left.
    await panel.choose('Sage');
    await panel.ask('Explain what a knapsack policy is');
    await workbench.models.idle();
    const spent = billedUsd();
    assert.ok(spent > 0);
    await workbench.until(async () => (await left(second)) < limitUsd, 'the other window has less too');
    // Until it has heard of the settlement it counts the reservation.
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
    // Nobody knows what was served, so all that could have been counts.
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
