/** The spending and the reason for a model: the usage view, the tree in the side bar, and a single decision. */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { type AskPanel, openAskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';
import { openSections } from './sections.ts';

describe('The usage view', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': 5 } });
  const report = (): FrameLocator =>
    workbench.page
      .locator('.editor-group-container.active iframe.webview.ready, iframe.webview.ready')
      .last()
      .contentFrame()
      .frameLocator('#active-frame');
  const section = (title: string): Locator =>
    report()
      .locator('section')
      .filter({ has: report().getByRole('heading', { name: title, exact: true }) });

  before(async function () {
    this.timeout(120_000);
    const panel = await openAskPanel(workbench);
    await panel.ask('Explain what a lighthouse is');
    await panel.ask('Write a function that adds two numbers');
  });

  it('opens by command, with the month’s numbers', async () => {
    await workbench.command('PILOT: Show Spending');
    await report().getByRole('heading', { name: 'Usage', level: 1 }).waitFor();
    await workbench.shot('usage-folded');
    await openSections(report());
    await section('By feature').getByRole('rowheader', { name: 'Ask', exact: true }).waitFor();
    const tiles = await report().locator('.tiles').textContent();
    assert.match(tiles ?? '', /of \$5\.00/);
    await workbench.shot('usage');
  });

  it('shows the learned quality, once it has read the log', async () => {
    await section('Quality by model, as it was learned').locator('svg').first().waitFor();
    await section('Quality against cost').locator('svg').first().waitFor();
    await section('What routing saved').getByText('effective sample').first().waitFor();
    await section('Quality against cost').scrollIntoViewIfNeeded();
    await workbench.shot('usage-quality');
  });

  it('has a table beside each plot', async () => {
    for (const title of ['Spend by day', 'Quality by model, as it was learned', 'Quality against cost']) {
      await section(title).getByRole('table').waitFor();
      await section(title)
        .getByRole('button', { name: `Save CSV: ${title}` })
        .waitFor();
    }
  });

  it('is read mark by mark with the arrow keys', async () => {
    const plot = section('Spend by day');
    await plot.locator('.mark[tabindex="0"]').focus();
    await workbench.page.keyboard.press('End');
    const readout = await plot.locator('.readout').textContent();
    await workbench.page.keyboard.press('Home');
    assert.notEqual(await plot.locator('.readout').textContent(), readout);
    assert.match((await plot.locator('.mark:focus').getAttribute('aria-label')) ?? '', /\$/);
  });

  it('keeps to one workspace when asked', async () => {
    await report().getByRole('combobox', { name: 'Workspaces' }).selectOption({ label: 'This one' });
    await section('By workspace').getByText('this one').first().waitFor();
    await report().getByRole('combobox', { name: 'Workspaces' }).selectOption({ label: 'All' });
  });

  it('does not jump when its numbers change', async () => {
    const top = async (): Promise<number> => {
      let y: number | undefined;
      // Undefined while the page is being drawn.
      const drawn = async (): Promise<boolean> => {
        y = (await section('By feature').boundingBox())?.y;
        return y !== undefined;
      };
      await workbench.until(drawn, 'the report is drawn');
      return y ?? NaN;
    };
    const before = await top();
    await report().getByRole('combobox', { name: 'Learned from' }).selectOption({ label: 'Ask and Chat' });
    await workbench.command('PILOT: Refresh Usage');
    assert.equal(await top(), before);
  });
});

describe('A whole decision', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': 5 } });
  let panel: AskPanel;
  const report = (): FrameLocator =>
    workbench.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');

  it('says so when there is none', async () => {
    await workbench.command('PILOT: Show Last Decision');
    await workbench.notification('PILOT has not made a decision yet').waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('opens with every model, what it would have cost, and what would have been chosen otherwise', async function () {
    this.timeout(120_000);
    panel = await openAskPanel(workbench);
    await panel.ask('Explain what a harbour is');
    await workbench.command('PILOT: Show Last Decision');
    await report().getByRole('heading', { name: /^Why / }).waitFor();
    for (const name of ['Swift', 'Steady', 'Scholar', 'Sage'])
      await report()
        .getByRole('rowheader', { name: new RegExp(name) })
        .first()
        .waitFor();
    await openSections(report());
    for (const row of ['With no limit', 'At twice the limit', 'As it was'])
      await report().getByRole('rowheader', { name: row }).waitFor();
    await workbench.shot('decision');
  });

  it('is one sentence in the status bar’s hover, the one under the answer, with a way to the whole', async () => {
    const tab = (title: string): Locator => workbench.page.locator('.tab').filter({ hasText: title });
    await tab('PILOT: Decision').click();
    await workbench.command('View: Close Editor');
    await tab('PILOT: Decision').waitFor({ state: 'detached' });
    await tab('Explain what a harbour is').click();
    const under = await panel.lastAnswer.locator('.reason').innerText();
    // Under an answer the model's name precedes the sentence, which begins with a capital.
    const sentence = under
      .replace(/\s*Why\?\s*$/, '')
      .trim()
      .slice(1);
    assert.notEqual(sentence, '');
    const hover = workbench.page
      .locator('.workbench-hover-container, .monaco-hover')
      .filter({ visible: true });
    await workbench.statusBarItem().hover();
    await hover
      .getByText(sentence)
      .filter({ hasText: /^(Swift|Steady|Scholar|Sage) \(simulated\): / })
      .first()
      .waitFor();
    await hover.getByText('this month').first().waitFor();
    await workbench.shot('status-hover');
    await hover.getByRole('link', { name: 'Why this model?' }).first().click();
    await report().getByRole('heading', { name: /^Why / }).waitFor();
  });

  it('opens from under an answer, for that answer', async () => {
    const conversation = workbench.page.locator('.tab').filter({ hasText: 'Explain what a harbour is' });
    const models = ['Swift', 'Sage'];
    await conversation.click();
    for (const model of models) {
      await panel.choose(model);
      await panel.ask(`Explain what a pier is, ${model}`);
    }
    for (const [index, model] of models.entries()) {
      await conversation.click();
      const why = panel.answers.nth(index + 1).getByRole('button', { name: 'Why?' });
      // By keyboard, like any other button.
      await why.focus();
      await workbench.page.keyboard.press('Enter');
      await report()
        .getByRole('heading', { name: `Why ${model} (simulated)` })
        .waitFor();
    }
  });

  it('makes the next answer a cheaper one from under an answer', async () => {
    await workbench.page.locator('.tab').filter({ hasText: 'Explain what a harbour is' }).click();
    const button = panel.lastAnswer.getByRole('button', { name: 'Cheaper next time' });
    await button.waitFor({ state: 'detached' });
    // While the user has chosen the model, a wish for a cheaper one has no effect.
    await panel.choose('Auto');
    await button.click();
    await workbench.page
      .locator('.statusbar-item')
      .filter({ hasText: 'The next prompt gets a cheaper answer.' })
      .waitFor();
  });

  it('is reached from the side bar too', async () => {
    await workbench.page.locator('.activitybar .action-label[aria-label^="PILOT"]').first().click();
    const row = (text: string): Locator =>
      workbench.page.locator('.sidebar .monaco-list-row').filter({ hasText: text }).first();
    await row('spent').waitFor();
    await row('Last decisions').click();
    await row('(simulated)').waitFor();
    await workbench.shot('side-bar');
    await row('(simulated)').click();
    await report().getByRole('heading', { name: /^Why / }).waitFor();
  });
});
