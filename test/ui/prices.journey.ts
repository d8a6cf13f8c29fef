/** The prices shown before a question is sent. */
import assert from 'node:assert/strict';
import { openAskPanel, type AskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

describe('prices before the click', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': 5 } });
  let panel: AskPanel;

  it('the composer prices the question while it is typed', async () => {
    panel = await openAskPanel(workbench);
    await panel.composer.fill('What is a closure?');
    await panel.frame
      .locator('.price')
      .filter({ hasText: /Auto: about \$0\.0/ })
      .waitFor();
    await workbench.shot('price-auto');
  });

  it('Better answer and Cheaper next time name their model and its price, and the answer is not from the most expensive model', async () => {
    await panel.composer.press('Enter');
    await panel.settled();
    await panel.lastAnswer.locator('.offers .button').first().waitFor();
    await workbench.shot('price-offers');
    assert.doesNotMatch(await panel.lastAnswer.locator('.meta').innerText(), /Sage/);
    assert.match(await panel.lastAnswer.locator('.offers').innerText(), /Better answer: .+, about \$0\.0/);
  });

  it('the chosen model’s price stands beside Auto’s, and nothing is better than the best', async () => {
    await panel.choose('Sage');
    await panel.composer.fill('What is a closure?');
    await panel.frame
      .locator('.price')
      .filter({ hasText: /Sage .*about \$0\.0.* Auto/ })
      .waitFor();
    await workbench.shot('price-chosen');
    await panel.ask('What is a monad?');
    await panel.composer.fill('And then?');
    await panel.frame.locator('.price').filter({ hasText: /Sage/ }).waitFor();
    assert.equal(await panel.lastAnswer.getByRole('button', { name: 'Cheaper' }).count(), 0);
    assert.equal(await panel.lastAnswer.getByRole('button', { name: 'Better answer' }).count(), 0);
    await workbench.shot('price-best');
  });

  it('each profile says what it would have done with the last prompt', async () => {
    await workbench.command('PILOT: Choose Profile');
    await workbench.option('Economy').waitFor();
    await workbench.shot('price-profiles');
    await workbench.page.keyboard.press('Escape');
  });
});
