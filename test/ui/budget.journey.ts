/**
 * The limit in use: asked for before the first paid prompt, announced, reached, raised, and reserved money released.
 */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { type AskPanel, openAskPanel } from './askPanel.ts';
import { axeViolations } from './axe.ts';
import { useWorkbench } from './driver.ts';
import { openSections } from './sections.ts';

describe('The limit', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': undefined } });
  let panel: AskPanel;
  const report = (): FrameLocator =>
    workbench.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  const holds = (): Locator =>
    report()
      .locator('section')
      .filter({ has: report().getByRole('heading', { name: 'Reserved', exact: true }) });

  it('is asked for before the first prompt that could cost money', async () => {
    panel = await openAskPanel(workbench);
    await panel.composer.fill('Explain what a lighthouse is');
    await panel.composer.press('Enter');
    await workbench.quickInput.filter({ hasText: 'calendar month' }).waitFor();
    assert.equal(workbench.models.requests.filter(({ method }) => method === 'POST').length, 0);
    await workbench.shot('limit-asked-for');
    await workbench.answer('1');
    await panel.settled();
    assert.equal(await panel.problem.count(), 0);
  });

  it('tells once that much is reserved for calls without a bill, and nothing else', async () => {
    await panel.choose('Sage');
    const notice = workbench.notification(/reserved for calls whose bill is not known/);
    // The amount that one of them holds depends on the output cap of its kind.
    for (let n = 0; n < 5 && (await notice.count()) === 0; n++) {
      workbench.models.next({ kind: 'no-usage' });
      await panel.ask('Explain what a harbour is');
    }
    await notice.waitFor();
    assert.equal(await workbench.notification(/has spent/).count(), 0, 'nothing of it is spent');
    await workbench.shot('limit-reserved');
  });

  it('has one call’s money released by its row, once the bill was looked at', async () => {
    await workbench.command('PILOT: Show Spending');
    await openSections(report());
    const release = holds().getByRole('button', { name: /^Release what is reserved/ });
    await release.first().scrollIntoViewIfNeeded();
    await workbench.shot('reserved');
    assert.deepEqual(await axeViolations(report()), []);
    for (let rows = await release.count(); rows > 0; rows--) {
      await release.first().click();
      const question = workbench.dialog('Release what this call reserves?');
      await question.waitFor();
      await workbench.shot('reserved-released');
      await question.getByRole('button', { name: /^Release \$/ }).click();
      await workbench.until(async () => (await release.count()) < rows, 'the row is gone');
    }
    await holds().getByText('every call’s bill is known').waitFor();
  });

  it('stops what costs money when it is reached, and sends nothing', async () => {
    await workbench.command('PILOT: Set Monthly Limit');
    await workbench.answer('0.0001');
    panel = await openAskPanel(workbench);
    const before = workbench.models.requests.length;
    await panel.ask('Explain what a pier is');
    assert.match((await panel.problem.textContent()) ?? '', /limit/);
    assert.equal(workbench.models.requests.length, before);
    await workbench.shot('limit-reached');
  });

  it('goes on once it is raised for this month', async () => {
    await workbench.command('PILOT: Raise Limit for This Month');
    await workbench.quickInput.filter({ hasText: 'this month only' }).waitFor();
    await workbench.answer('5');
    await workbench.until(
      async () => /\$[45]\./.test(await workbench.statusBarItem().innerText()),
      'the status bar has the raised limit',
    );
    await panel.ask('Explain what a pier is');
    assert.equal(await panel.problem.count(), 0);
  });
});
