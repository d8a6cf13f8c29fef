/**
 * Every view of PILOT in four themes, two of them at three widths: no axe violation, no cut or overlapping text, and a
 * picture for people in out/screenshots/THEME-WIDTH. One workbench for all of it; theme and width change in it.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { inRoot } from '../../scripts/host/paths.ts';
import { openAskPanel } from './askPanel.ts';
import { axeViolations, violationsOf } from './axe.ts';
import { layoutFaults, treeFaults, treeSelector } from './layout.ts';
import { type Theme, themes, useWorkbench } from './driver.ts';
import { fillMonth } from './filledMonth.ts';

const widths = [700, 1000, 1400] as const;
/** Pixels of a screen; reports are drawn whole, whatever their height. */
const height = 900;
const reportHeight = 3_600;
const themeKinds: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
  'high-contrast-light': 'vscode-high-contrast-light',
};

/**
 * The theme determines the contrast and the page its structure: axe sees every theme once, and in total every width.
 */
const axeWidth = (theme: Theme): number =>
  widths[Object.keys(themes).indexOf(theme) % widths.length] ?? widths[0];

/** High contrast only adds lines and colors; the other two themes show how the text flows. */
const widthsOf = (theme: Theme): readonly number[] =>
  theme.startsWith('high-contrast') ? [axeWidth(theme)] : widths;

describe('Every view', () => {
  const workbench = useWorkbench({ settings: { 'pilot.budget.monthlyLimitUsd': 5 } });
  let theme: Theme;
  let width: number;

  const webview = (): FrameLocator =>
    workbench.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  const tab = (title: string | RegExp): Locator =>
    workbench.page.locator('.tab').filter({ hasText: title }).first();

  before(async function () {
    this.timeout(180_000);
    // The ledger has been read, so that its file exists and this month can be written into it, as by another window.
    await workbench.statusBarItem().filter({ hasText: '$' }).waitFor();
    await fillMonth(workbench);
    const panel = await openAskPanel(workbench);
    await panel.ask('Write a TypeScript function that adds two numbers, and explain it');
    await panel.ask('Which is the longest river of Europe?');
    await panel.lastAnswer.getByRole('button', { name: 'Why?' }).click();
    await webview().getByRole('heading', { name: /^Why / }).waitFor();
    await workbench.command('PILOT: Show Spending');
    await webview().getByRole('heading', { name: 'What routing saved' }).waitFor();
  });

  for (const name of Object.keys(themes) as Theme[]) {
    it(`in ${name}`, async function () {
      this.timeout(120_000);
      theme = name;
      // The editor of settings.json needs this width for a click.
      await workbench.page.setViewportSize({ width: 1400, height });
      await workbench.set({ 'workbench.colorTheme': themes[name] });
      const faults: string[] = [];
      for (const each of widthsOf(name)) {
        width = each;
        faults.push(...(await allViews()));
      }
      assert.deepEqual(faults, []);
    });
  }

  async function allViews(): Promise<readonly string[]> {
    await size(height);
    await tab('Which is the longest').or(tab('Write a TypeScript')).first().click();
    await webview().locator('.answer .answer-body p').first().waitFor();
    const ask = await examine('ask');
    await size(reportHeight);
    await tab('PILOT: Usage').click();
    await webview().getByText('effective sample').first().waitFor();
    const usage = await examine('usage');
    await tab('PILOT: Decision').click();
    await webview().getByRole('heading', { name: /^Why / }).waitFor();
    const decision = await examine('decision');
    await size(height);
    if (width === axeWidth(theme)) await vscodesOwnViews();
    return [...ask, ...usage, ...decision, ...(await tree())];
  }

  /** VS Code draws these views itself: pictures for people. */
  async function vscodesOwnViews(): Promise<void> {
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.pick('Get started with PILOT');
    await workbench.page.locator('.getting-started-step', { hasText: 'Set up models' }).first().waitFor();
    await picture('walkthrough');
    await workbench.command('PILOT: Set Up Models');
    await workbench.option('OpenRouter').waitFor();
    await picture('setup');
    await workbench.page.keyboard.press('Escape');
  }

  /** The side bar's tree, with its first and its last group open, beside the hover of the status bar. */
  async function tree(): Promise<readonly string[]> {
    const { page } = workbench;
    await workbench.command('View: Show PILOT');
    const group = (name: string): Locator =>
      page.locator(`${treeSelector} .monaco-list-row`).filter({ hasText: name }).first();
    await group('By model').waitFor();
    for (const name of ['By model', 'Last decisions']) {
      if ((await group(name).getAttribute('aria-expanded')) === 'false') await group(name).click();
      await page.locator(`${treeSelector} .monaco-list-row[aria-level="2"]`).first().waitFor();
    }
    await group('spent').waitFor();
    await workbench.statusBarItem().hover();
    await page
      .locator('.monaco-hover')
      .filter({ visible: true, hasText: 'Why this model?' })
      .first()
      .waitFor();
    await picture('tree');
    const found = [
      ...(await treeFaults(page)),
      ...(width === axeWidth(theme) ? await violationsOf(page.mainFrame(), treeSelector) : []),
    ];
    await workbench.command('View: Toggle Primary Side Bar Visibility');
    return found.map((fault) => `tree, ${width} wide: ${fault}`);
  }

  const size = (wanted: number): Promise<void> => workbench.page.setViewportSize({ width, height: wanted });

  /** Examines the shown webview, once it has the theme's colors. */
  async function examine(view: string): Promise<readonly string[]> {
    await webview().locator(`body[data-vscode-theme-kind="${themeKinds[theme]}"]`).waitFor();
    await picture(view);
    const found = [
      ...(await layoutFaults(webview())),
      ...(width === axeWidth(theme) ? await axeViolations(webview()) : []),
    ];
    return found.map((fault) => `${view}, ${width} wide: ${fault}`);
  }

  async function picture(view: string): Promise<void> {
    const folder = inRoot('out/screenshots', `${theme}-${width}`);
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    await workbench.page.screenshot({ path: path.join(folder, `view-${view}.png`), animations: 'disabled' });
  }
});
