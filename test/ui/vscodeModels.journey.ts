/** VS Code's own language models as arms: offered, chosen by hand, priced, used within the limit. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
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
    await workbench.command('PILOT: Use Language Models of VS Code');
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

  it('answers, and its price counts against the limit', async () => {
    await workbench.page.keyboard.press('Control+Alt+I');
    await chat().locator('.interactive-input-part .monaco-editor').first().click();
    await workbench.page.keyboard.type('@pilot Explain totalOf');
    // The participant's name is recognised a moment after it is typed.
    await sleep(500);
    await workbench.page.keyboard.press('Enter');
    const answer = chat().locator('.interactive-response').last();
    await answer.filter({ hasText: 'Echo heard 2 messages.' }).waitFor();
    await answer.filter({ hasText: '$0.96 left this month' }).waitFor();
    await workbench.shot('vscode-models-answer');
  });
});
