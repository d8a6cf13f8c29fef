/**
 * The pictures of the README, taken in the real VS Code by `npm run screenshots`. A journey instead of a test, so that
 * a picture cannot show what no longer exists.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { inRoot } from '../../scripts/host/paths.ts';
import { type AskPanel, openAskPanel } from './askPanel.ts';
import { themes, useWorkbench } from './driver.ts';
import { fillMonth } from './filledMonth.ts';

const folder = inRoot('media/readme');
const question = 'Why does totalOf fail on its last pass?';

describe('Pictures for the README', () => {
  const workbench = useWorkbench({
    settings: {
      'pilot.budget.monthlyLimitUsd': 5,
      'editor.minimap.enabled': false,
      'workbench.layoutControl.enabled': false,
      'breadcrumbs.enabled': false,
    },
  });
  let panel: AskPanel;
  const webview = (): FrameLocator =>
    workbench.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  const editors = (): Locator => workbench.page.locator('.part.editor');

  before(async function () {
    this.timeout(120_000);
    mkdirSync(folder, { recursive: true });
    await workbench.statusBarItem('pilot.status').filter({ hasText: '$' }).waitFor();
    await fillMonth(workbench);
    await workbench.page.setViewportSize({ width: 1200, height: 720 });
    await workbench.command('View: Toggle Primary Side Bar Visibility');
  });

  it('ask', async () => {
    await workbench.page.setViewportSize({ width: 1000, height: 620 });
    await workbench.openFile('src/orders.ts');
    await workbench.goTo(16);
    for (let line = 0; line < 7; line++) await workbench.page.keyboard.press('Shift+ArrowDown');
    panel = await openAskPanel(workbench);
    await panel.frame.locator('.chip.on').first().waitFor();
    await panel.ask(question);
    await panel.frame.locator('.thumb').first().click();
    await panel.lastAnswer.locator('.thumb[aria-pressed="true"]').waitFor();
    await picture('ask', workbench.page.locator('.monaco-workbench'));
  });

  it('decision and usage', async () => {
    await workbench.command('View: Close All Editors in Group');
    await workbench.command('View: Close All Editors');
    await workbench.page.setViewportSize({ width: 1040, height: 900 });
    await workbench.set({ 'workbench.colorTheme': themes.light });
    await workbench.command('PILOT: Show Last Decision');
    await webview().getByRole('heading', { name: /^Why / }).waitFor();
    await picture('decision', editors(), 640);
    await workbench.command('View: Close All Editors');
    await workbench.command('PILOT: Show Spending');
    // The note of the last section that is filled in; the section is folded.
    await webview().getByText('effective sample').first().waitFor({ state: 'attached' });
    await picture('usage', editors(), 860);
  });

  /** A picture of the part, from its top, `height` pixels high, without notifications. */
  async function picture(name: string, part: Locator, height?: number): Promise<void> {
    if ((await workbench.page.locator('.notification-toast').count()) > 0)
      await workbench.command('Notifications: Clear All Notifications');
    // No pointer over any element, and VS Code's animations are over.
    await workbench.page.mouse.move(2, 300);
    await workbench.page.waitForTimeout(800);
    const box = await part.boundingBox();
    if (!box) throw new Error(`${name} is not there`);
    const clip = { ...box, height: Math.min(box.height, height ?? box.height) };
    await workbench.page.screenshot({ path: path.join(folder, `${name}.png`), clip, animations: 'disabled' });
  }
});
