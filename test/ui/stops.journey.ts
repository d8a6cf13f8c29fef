/** Stopped answers of the most expensive model: the month continues, and the reserved amount comes back at once. */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { seeded } from '../fakes/random.ts';
import { openAskPanel, type AskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

const stops = 10;
/** Milliseconds from the request's arrival at the model; Sage's answers take longer, and some stops precede their start. */
const latest = 2_500;
const pace = { kind: 'slow', firstTokenMs: 300, tokenMs: 40 } as const;
/** Fifty cents for ten answers, so this much for the nine that remain after one release. */
const mostReservedUsd = 0.45;
const questions = [
  'lighthouse',
  'harbour',
  'pier',
  'buoy',
  'ferry',
  'anchor',
  'canal',
  'lock',
  'tide',
  'reef',
];

describe('Stopped answers', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': 5 } });
  const random = seeded(9);
  let panel: AskPanel;
  const report = (): FrameLocator =>
    workbench.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  const tiles = async (): Promise<string> => (await report().locator('.tiles').textContent()) ?? '';
  const reservedUsd = async (): Promise<number> =>
    Number(/Reserved\s*\$([\d.]+)/.exec(await tiles())?.[1] ?? Number.NaN);
  const held = (): Locator => panel.frame.locator('.hold').filter({ hasText: 'is reserved for this answer' });

  async function stopAfter(ms: number, question: string): Promise<void> {
    workbench.models.next(pace);
    const before = workbench.models.requests.length;
    await panel.send(question);
    const answer = panel.lastAnswer;
    await workbench.until(() => workbench.models.requests.length > before, 'the request has arrived');
    await workbench.page.waitForTimeout(ms);
    await panel.composer.press('Escape');
    await answer.locator('.status').filter({ hasText: 'Stopped' }).waitFor();
    await answer.locator('.hold').waitFor();
  }

  it('can be ten at random moments, each with what is reserved for it', async function () {
    this.timeout(240_000);
    panel = await openAskPanel(workbench);
    await panel.choose('Sage');
    for (const subject of questions)
      await stopAfter(Math.floor(random() * latest), `Explain what a ${subject} is`);
    assert.equal(await held().count(), stops);
    await workbench.shot('stops');
  });

  it('leave the month its money: an eleventh question is answered', async () => {
    await panel.ask('Explain what a compass is');
    assert.equal(await panel.problem.count(), 0);
    assert.match(await panel.lastAnswer.locator('.meta').innerText(), /Sage/);
    assert.equal(await panel.lastAnswer.locator('.hold').count(), 0, 'its bill is known');
    assert.equal(await workbench.notification(/PILOT has spent/).count(), 0);
  });

  it('are released one by one, under the answer', async () => {
    const before = await held().count();
    const first = panel.answers.first();
    await first.getByRole('button', { name: 'Release what is reserved for this answer' }).click();
    const question = workbench.dialog('Release what this call reserves?');
    await question.waitFor();
    await question.getByRole('button', { name: /^Release \$/ }).click();
    await first.locator('.hold').filter({ hasText: 'can be spent again' }).waitFor();
    assert.equal(await held().count(), before - 1);
    await workbench.shot('stops-released-one');
  });

  it('keep at most five cents each reserved, and none once all is released', async () => {
    await workbench.command('PILOT: Show Spending');
    await report().locator('.tiles').waitFor();
    const reserved = await reservedUsd();
    assert.ok(reserved > 0 && reserved <= mostReservedUsd, `reserved: $${reserved}`);
    await workbench.shot('stops-reserved');
    await workbench.command('PILOT: Release Reserved Money');
    const question = workbench.dialog('Release all reserved money?');
    await question.waitFor();
    await question.getByRole('button', { name: /^Release \$/ }).click();
    await workbench.until(async () => (await reservedUsd()) === 0, 'nothing is reserved');
    const notices = workbench.page.locator('.notification-toast').filter({ hasText: 'PILOT' });
    assert.equal(await notices.count(), 0, 'no notice');
  });
});
