/**
 * Steering: every wish is visible in the menu and applies to the next prompt, and the learned state can be exported or
 * forgotten.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSettings } from '../../scripts/host/settings.ts';
import { openAskPanel, type AskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

describe('Steering', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': 5 } });
  let panel: AskPanel;

  before(async function () {
    this.timeout(120_000);
    panel = await openAskPanel(workbench);
    await panel.ask('Explain what a lighthouse is');
  });

  /** The menu, and not the palette that is still visible for a moment; opened again where another event closed it. */
  const openMenu = async (): Promise<void> => {
    const title = workbench.quickInput.locator('.quick-input-title');
    await workbench.until(async () => {
      await workbench.command('PILOT: Steer Routing');
      const menu = title.filter({ hasText: 'PILOT: Steer Routing' });
      return menu.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
    }, 'the menu is open');
  };
  const steer = async (entry: string, title: string): Promise<void> => {
    await openMenu();
    await workbench.pick(entry);
    await workbench.quickInput.filter({ hasText: title }).waitFor();
  };
  const file = (name: string): string => path.join(workbench.workspaceFolder, name);

  it('shows how things stand', async () => {
    await openMenu();
    for (const state of ['Balanced', 'none pinned', 'none excluded', 'learning from what you keep'])
      await workbench.option(state).waitFor();
    await workbench.shot('steer');
    await workbench.page.keyboard.press('Escape');
  });

  it('shows each profile as the price of a point of quality', async () => {
    await steer('Profile', 'How much should PILOT spend');
    await workbench.option(/Economy.*a third of what the limit suggests/).waitFor();
    await workbench.shot('profiles');
    await workbench.pick('Economy');
    await workbench.until(
      () => readSettings(workbench.userDataFolder)?.['pilot.routing.profile'] === 'economy',
      'the profile stands in the settings',
    );
  });

  it('lets the pinned model answer, and says so', async () => {
    await steer('Pin a Model', 'Pin a model for what');
    await workbench.pick('everything in this workspace');
    await workbench.pick('Sage');
    await panel.ask('Explain what a harbour is');
    assert.match((await panel.lastAnswer.textContent()) ?? '', /Sage.*you pinned it/is);
    await steer('Pin a Model', 'Pin a model for what');
    await workbench.pick('everything in this workspace');
    await workbench.pick('Auto');
  });

  it('keeps excluded models out', async () => {
    await steer('Exclude Models', 'should not answer');
    for (const name of ['Sage', 'Scholar', 'Steady']) await workbench.option(name).click();
    await workbench.accept();
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await panel.ask('Explain what a pier is');
    assert.match((await panel.lastAnswer.textContent()) ?? '', /Swift/);
  });

  it('writes a file that it reads again', async () => {
    await steer('Export', 'PILOT: Export');
    await workbench.pick('JSON');
    await workbench.picker.answerFileDialog('pilot-export.json', file('pilot-export.json'));
    await workbench.until(() => existsSync(file('pilot-export.json')), 'the file is written');
    const written = JSON.parse(readFileSync(file('pilot-export.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(written['format'], 'pilot-export');
    assert.ok(!JSON.stringify(written).includes('lighthouse'), 'no words of a prompt');
    await openImport('pilot-export.json');
    await workbench.option('What was learned').waitFor();
    await workbench.shot('import');
    await workbench.accept();
    await workbench.notification('What was learned was imported').waitFor();
  });

  it('refuses a file that breaks off, in one sentence', async () => {
    const whole = readFileSync(file('pilot-export.json'), 'utf8');
    writeFileSync(file('broken.json'), whole.slice(0, whole.length / 2));
    await openImport('broken.json');
    await workbench.notification('This file is incomplete; nothing was imported').waitFor();
  });

  it('forgets everything after asking', async () => {
    await steer('Forget', 'PILOT: Forget');
    await workbench.pick(/^(\S+ +)?Everything/);
    const dialog = workbench.dialog('Forget everything PILOT has learned?');
    await dialog.waitFor();
    await workbench.shot('forget');
    await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
    await workbench.notification(/\d decisions were forgotten/).waitFor();
    await workbench.command('PILOT: Show Last Decision');
    await workbench.notification('PILOT has not made a decision yet').waitFor();
  });

  async function openImport(name: string): Promise<void> {
    await steer('Import', 'PILOT: Import');
    await workbench.picker.answerFileDialog(path.basename(workbench.workspaceFolder), file(name));
  }
});
