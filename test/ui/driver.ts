/**
 * Drives VS Code with the packaged extension in a browser. One `useWorkbench` for each journey file starts a server,
 * practice models and a browser of its own, so that journeys do not affect one another.
 *
 * VS Code's class names are those of its web workbench, 1.139; only this file contains them.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/host/chromium.ts';
import {
  type CodeServer,
  startCodeServer,
  userDataFolder,
  workbenchUrl,
} from '../../scripts/host/codeServer.ts';
import { inRoot, vsixFile } from '../../scripts/host/paths.ts';
import { type Scratch, copySampleWorkspace, makeScratch } from '../../scripts/host/scratch.ts';
import { type Settings, quietSettings, readSettings, writeSettings } from '../../scripts/host/settings.ts';
import type { ModelServer } from '../fakes/modelServer.ts';
import { practiceSettings, startPracticeServer } from '../fakes/practiceModels.ts';
import { Picker } from './picker.ts';
import { until } from './waiting.ts';

export interface WorkbenchOptions {
  /** User settings in addition to the quiet ones and the practice models'. Undefined removes a setting. */
  readonly settings?: Settings;
  /** 0 (default): answers without delay; 1: at the speed of real models. */
  readonly pace?: number;
  /** A server instead of the practice models. */
  readonly models?: () => Promise<ModelServer>;
  /** Whether VS Code asks if the folder is trusted. */
  readonly workspaceTrust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const extensionId = 'pilot-assistant.pilot-assistant';
const startTimeoutMs = 60_000;
/** For one step; long, since a browser and a workbench may share two cores with others. */
const stepTimeoutMs = 30_000;
const settleMs = 300;

export const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;
export type Theme = keyof typeof themes;

/** Starts before the file's tests and ends after them; takes a picture after a failure. */
export function useWorkbench(options: WorkbenchOptions = {}): Workbench {
  const workbench = new Workbench(options);
  before(async function () {
    this.timeout(2 * startTimeoutMs);
    await workbench.start();
  });
  afterEach(async function () {
    const test = this.currentTest;
    if (test?.state === 'failed') await workbench.shotOfFailure(test.fullTitle());
  });
  after(async function () {
    this.timeout(startTimeoutMs);
    await workbench.stop();
  });
  return workbench;
}

interface Parts {
  readonly scratch: Scratch;
  readonly models: ModelServer;
  readonly server: CodeServer;
  readonly browser: BrowserContext;
}

export class Workbench {
  readonly #options: WorkbenchOptions;
  #parts: Parts | undefined;
  #page: Page | undefined;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
  }

  // ------------------------------------------------------------------------------------------- life

  async start(): Promise<void> {
    const scratch = makeScratch();
    copySampleWorkspace(path.join(scratch.folder, 'workspace'));
    const models = await (this.#options.models?.() ?? startPracticeServer({ pace: this.#options.pace ?? 0 }));
    writeSettings(userDataFolder(scratch.folder), {
      ...quietSettings,
      'workbench.colorTheme': themes[chosenTheme()],
      // Opens editors of VS Code's own (settings, extensions) in tabs, where a journey finds them.
      'workbench.editor.useModal': 'off',
      ...practiceSettings(models.url),
      ...this.#options.settings,
    });
    const { workspaceTrust = false, env = {} } = this.#options;
    const vsix = process.env['PILOT_VSIX'] ?? vsixFile;
    const server = await startCodeServer({ folder: scratch.folder, vsix, workspaceTrust, env });
    const browser = await launchBrowser(scratch.folder);
    this.#parts = { scratch, models, server, browser };
    this.#page = browser.pages()[0] ?? (await browser.newPage());
    await this.#show(this.#page);
  }

  async stop(): Promise<void> {
    if (this.#parts === undefined) return;
    const { scratch, models, server, browser } = this.#parts;
    this.#parts = undefined;
    await browser.close().catch(() => undefined);
    await server.stop();
    await models.close();
    scratch.remove();
  }

  /** Like F5 in a browser: everything that was only in memory is gone. */
  async reload(): Promise<void> {
    // VS Code writes its browser database shortly after the change.
    await sleep(500);
    await this.page.reload();
    await this.#untilReady(this.page);
  }

  /** A second window of the same user on the same or another folder; close its page to end it. */
  async openSecondWindow(folder = this.workspaceFolder): Promise<Page> {
    const page = await this.#running.browser.newPage();
    await this.#show(page, folder);
    return page;
  }

  /** Closes the window like a browser tab, and opens it again. */
  async closeAndReopen(afterMs = 0): Promise<void> {
    await this.page.close();
    await sleep(afterMs);
    this.#page = await this.#running.browser.newPage();
    await this.#show(this.#page);
  }

  /** Kills the extension host, so that it cannot save anything. */
  killExtensionHost(): void {
    const hosts = this.#running.server.tree().filter((pid) => commandOf(pid).includes('type=extensionHost'));
    assert.ok(hosts.length > 0, 'an extension host runs');
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
  }

  async #show(page: Page, folder = this.workspaceFolder): Promise<void> {
    page.setDefaultTimeout(stepTimeoutMs);
    await page.setViewportSize({ width: chosenWidth(), height: 900 });
    await page.goto(workbenchUrl(this.#running.server.address, folder));
    await this.#untilReady(page);
  }

  async #untilReady(page: Page): Promise<void> {
    await page.locator('.monaco-workbench').waitFor({ timeout: startTimeoutMs });
    await page.locator(`.statusbar-item[id^="${extensionId}."]`).first().waitFor({ timeout: startTimeoutMs });
  }

  get #running(): Parts {
    assert.ok(this.#parts, 'The workbench runs only between `before` and `after`');
    return this.#parts;
  }

  // ------------------------------------------------------------------------------------------ parts

  get page(): Page {
    assert.ok(this.#page, 'The workbench runs only between `before` and `after`');
    return this.#page;
  }

  /** The practice models' server: its received requests, its bills, and its misbehavior on demand. */
  get models(): ModelServer {
    return this.#running.models;
  }

  get workspaceFolder(): string {
    return path.join(this.#running.scratch.folder, 'workspace');
  }

  get userDataFolder(): string {
    return this.#running.server.userDataFolder;
  }

  /** The folder of the extension's database. */
  get globalStorageFolder(): string {
    return path.join(this.userDataFolder, 'User/globalStorage', extensionId);
  }

  /** Palette, pick lists and input boxes. */
  get picker(): Picker {
    return new Picker(this.page);
  }

  /** The open picker or palette. */
  get quickInput(): Locator {
    return this.picker.widget;
  }

  get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }

  /** The first line of the ghost text. */
  get ghostText(): Locator {
    return this.page.locator('.ghost-text-decoration').first();
  }

  /** The item with the extension's id for it; without an id, the extension's first item. */
  statusBarItem(id = '', page = this.page): Locator {
    return page.locator(`.statusbar-item[id^="${extensionId}.${id}"]`).first();
  }

  /** The document inside a webview; among several, the one whose body contains `text`. */
  webview(index = 0): FrameLocator {
    return this.page.locator('iframe.webview.ready').nth(index).contentFrame().frameLocator('#active-frame');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text }).first();
  }

  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text }).first();
  }

  // ---------------------------------------------------------------------------------------- actions

  command(title: string): Promise<void> {
    return this.picker.command(title);
  }

  openPalette(text: string): Promise<void> {
    return this.picker.openPalette(text);
  }

  option(text: string | RegExp): Locator {
    return this.picker.option(text);
  }

  pick(text: string | RegExp): Promise<void> {
    return this.picker.pick(text);
  }

  type(text: string): Promise<void> {
    return this.picker.type(text);
  }

  accept(): Promise<void> {
    return this.picker.accept();
  }

  answer(text: string): Promise<void> {
    return this.picker.answer(text);
  }

  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.waitFor();
    await this.type(name);
    await this.pick(path.basename(name));
    await this.page
      .locator('.tab.active')
      .filter({ hasText: path.basename(name) })
      .waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** Moves the cursor to a line and column, both from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickInput.waitFor();
    await this.type(`:${line}:${column}`);
    await this.accept();
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /**
   * Changes user settings in the editor of settings.json: code-server does not notice a change of the file on disk.
   * Undefined removes a setting.
   */
  async set(settings: Settings): Promise<void> {
    const wanted = JSON.stringify({ ...readSettings(this.userDataFolder), ...settings });
    await this.command('Preferences: Open User Settings (JSON)');
    await this.page.locator('.tab.active').filter({ hasText: 'settings.json' }).waitFor();
    await this.page.locator('.editor-group-container.active .monaco-editor .view-line').first().click();
    await this.page.keyboard.press('Control+A');
    // Pasted, since typing would close every bracket and quote again.
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(wanted)})`);
    await this.page.keyboard.press('Control+V');
    await this.page.keyboard.press('Control+S');
    const saved = (): boolean => JSON.stringify(readSettings(this.userDataFolder)) === wanted;
    await this.until(saved, 'settings.json is saved');
    await this.command('View: Close Editor');
  }

  async until(holds: () => boolean | Promise<boolean>, what: string, timeoutMs?: number): Promise<void> {
    await until(holds, what, timeoutMs);
  }

  // --------------------------------------------------------------------------------------- pictures

  /** A picture for people: out/screenshots/THEME-WIDTH/NAME.png. */
  async shot(name: string): Promise<void> {
    await sleep(settleMs);
    const folder = inRoot('out/screenshots', `${chosenTheme()}-${chosenWidth()}`);
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  async shotOfFailure(title: string): Promise<void> {
    if (this.#page === undefined || this.#page.isClosed()) return;
    const folder = inRoot('out/screenshots/failures');
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${title.replace(/[^\w]+/g, '-').slice(0, 100)}.png`);
    await this.#page.screenshot({ path: file }).catch(() => undefined);
    console.log(`      what it looked like: ${path.relative(inRoot(), file)}`);
  }
}

const commandOf = (pid: number): string =>
  spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout;

function chosenTheme(): Theme {
  const theme = process.env['PILOT_THEME'] ?? 'dark';
  if (!(theme in themes)) throw new Error(`PILOT_THEME is one of ${Object.keys(themes).join(', ')}.`);
  return theme as Theme;
}

const chosenWidth = (): number => Number(process.env['PILOT_WIDTH'] ?? 1400);
