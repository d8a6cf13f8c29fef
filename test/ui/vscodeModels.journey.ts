/** VS Code's own language models as arms: offered, chosen by hand, priced, used within the limit. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { readSettings } from '../../scripts/host/settings.ts';
import { useWorkbench } from './driver.ts';
import { installNeighbour } from './neighbour.ts';

describe('A language model of another extension', () => {
  const workbench = useWorkbench({ settings: { 'pilot.models': [], 'pilot.budget.monthlyLimitUsd': 1 } });
  const chat = () => workbench.page.locator('.interactive-session').first();
  const stored = (): unknown => readSettings(workbench.userDataFolder)?.['pilot.vscodeModels'];
  before(async function () {
    this.timeout(120_000);
    await installNeighbour(workbench);
  });

  it('is offered, and PILOT’s own are not', async () => {
    await workbench.command('PILOT: Use VS Code Language Models');
    await workbench.option('neighbour/echo').waitFor();
    await workbench.shot('vscode-models');
    assert.equal(await workbench.quickInput.getByText('PILOT Auto').count(), 0);
    assert.equal(stored(), undefined, 'looking is not choosing');
  });

  it('is used at the price its user states', async () => {
    await workbench.pick('neighbour/echo');
    await workbench.quickInput.getByRole('button', { name: 'OK' }).click();
    await workbench.option('A price for each request').waitFor();
    await workbench.shot('vscode-models-payment');
    await workbench.pick('A price for each request');
    await workbench.quickInput.filter({ hasText: 'In USD' }).waitFor();
    await workbench.answer('0.04');
    await workbench.until(() => stored() !== undefined, 'the choice is in the settings');
    assert.deepEqual(stored(), [{ model: 'neighbour/echo', requestUsd: 0.04 }]);
  });

  it('is tested like any other: time, price and a sample', async () => {
    await workbench.command('PILOT: Test a Model');
    await workbench.pick('Echo');
    await workbench.notification('It said').waitFor();
    await workbench.shot('vscode-models-test');
    assert.match(
      await workbench.notification('It said').innerText(),
      /Echo: first word after .*\$0\.04.*Echo heard/s,
    );
  });

  async function ask(question: string): Promise<Locator> {
    const answers = chat().locator('.interactive-response');
    const before = await answers.count();
    await chat().locator('.interactive-input-part .monaco-editor').first().click();
    // The participant stays in the input after its first answer.
    await workbench.page.keyboard.type(before === 0 ? `@pilot ${question}` : question);
    // The participant's name is recognized a moment after it is typed.
    await sleep(500);
    await workbench.page.keyboard.press('Enter');
    await answers.nth(before).waitFor();
    return answers.last();
  }

  it('answers, and its price counts against the limit', async () => {
    await workbench.page.keyboard.press('Control+Alt+I');
    const answer = await ask('Explain totalOf');
    await answer.filter({ hasText: 'Echo heard 2 messages.' }).waitFor();
    await answer.filter({ hasText: '$0.92 available this month' }).waitFor();
    await workbench.shot('vscode-models-answer');
  });

  it('that refuses is told as what it is, and is asked again next time', async () => {
    await (await ask('No entry')).filter({ hasText: 'the extension that provides Echo' }).waitFor();
    await workbench.shot('vscode-models-refused');
    await (await ask('Explain totalOf again')).filter({ hasText: 'Echo heard' }).waitFor();
  });
});
