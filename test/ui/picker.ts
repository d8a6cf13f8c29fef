/**
 * Drives VS Code's quick input: command palette, pick lists, input boxes and, in a browser, file dialogs are one
 * widget, which fades, moves on to the next question and reuses its rows. The waits here do what a person does: look
 * before clicking.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { until, within } from './waiting.ts';

const stepTimeoutMs = 30_000;
const clickTimeoutMs = 5_000;
const stableMs = 50;

export class Picker {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The open widget: one that is fading out is still visible, and inert. */
  get widget(): Locator {
    return this.#page.locator('.quick-input-widget:not([inert], [inert] *)').filter({ visible: true });
  }

  /** Runs a command with F1, its title, and a choice among the results. */
  async command(title: string): Promise<void> {
    // A restored editor or a notice that takes the focus closes the palette: it is opened again until the command ran.
    await until(
      async () => {
        const opened = await this.openPalette(title).then(
          () => true,
          () => false,
        );
        if (!opened) return false;
        const label = this.#page.locator('.label-name').getByText(title, { exact: true });
        const row = this.widget.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first();
        if (!(await this.#atRest(row))) return false;
        const clicked = await row.click({ timeout: clickTimeoutMs }).then(
          () => true,
          () => false,
        );
        // Pickers and palette are one widget: until the palette has left it, text for the command's own input box would
        // go into the palette, and Enter would then accept the box's proposal.
        return clicked && within(stepTimeoutMs, async () => !(await this.#inputValue()).startsWith('>'));
      },
      `${title} was chosen`,
      2 * stepTimeoutMs,
    );
  }

  /** Opens the command palette and types, without choosing. */
  async openPalette(text: string): Promise<void> {
    // A picker that is still closing may swallow the key, or the key may close it: repeated until the palette is open.
    await until(async () => {
      if (!(await this.#inputValue()).startsWith('>')) {
        await this.#page.keyboard.press('F1');
        if (!(await within(3000, async () => (await this.#inputValue()).startsWith('>')))) return false;
      }
      return this.#fill(`>${text}`);
    }, 'the command palette is open');
    await this.option(text).waitFor({ timeout: 2 * clickTimeoutMs });
  }

  /**
   * Types text for the open quick pick or input box, in one piece, and again where the widget overwrote it meanwhile.
   */
  async type(text: string): Promise<void> {
    await until(() => this.#fill(text), `the input holds ${text}`);
  }

  async #fill(text: string): Promise<boolean> {
    const filled = await this.#input.fill(text, { timeout: 1000 }).then(
      () => true,
      () => false,
    );
    await sleep(stableMs);
    return filled && (await this.#inputValue()) === text;
  }

  get #input(): Locator {
    return this.widget.locator('.quick-input-box input').first();
  }

  /** '' = no input is open. */
  async #inputValue(): Promise<string> {
    if (!(await this.#input.isVisible())) return '';
    return this.#input.inputValue({ timeout: 1000 }).catch(() => '');
  }

  /** One line of the open quick pick, by its label: its text may contain hidden remains of an older line. */
  option(text: string | RegExp): Locator {
    const rows = this.widget.locator('.quick-input-list .monaco-list-row');
    return rows.and(this.#page.getByLabel(text)).first();
  }

  async pick(text: string | RegExp): Promise<void> {
    await this.option(text).waitFor();
    await this.#atRest(this.option(text));
    await this.option(text).click();
  }

  /** The list reuses its rows for other lines: while it changes, a click could hit a neighbor. */
  async #atRest(row: Locator): Promise<boolean> {
    const look = async (): Promise<string> => {
      const box = await row.boundingBox({ timeout: 1000 }).catch(() => null);
      const text = await this.widget.innerText({ timeout: 1000 }).catch(() => '');
      return box === null || text === '' ? '' : JSON.stringify([box, text]);
    };
    let before = '';
    return within(clickTimeoutMs, async () => {
      const now = await look();
      const same = now !== '' && now === before;
      before = now;
      return same;
    });
  }

  /**
   * Answers the open input box, and waits until VS Code accepts it: VS Code checks it first, and another picker would
   * cancel it.
   */
  async answer(text: string): Promise<void> {
    await this.widget.waitFor();
    await this.type(text);
    await this.accept();
    await until(async () => (await this.#inputValue()) !== text, `${text} is taken`);
  }

  /** Presses Enter in the open picker, wherever the focus is: a closed element may have given it to a webview. */
  async accept(): Promise<void> {
    await this.#input.press('Enter');
  }

  /** Enters the path of a file in VS Code's own file dialog, once the dialog shows a path that contains `shown`. */
  async answerFileDialog(shown: string, file: string): Promise<void> {
    await until(async () => (await this.#inputValue()).includes(shown), 'the file dialog shows a path');
    // The dialog lists the folder of each path it is given, and drops an Enter before the list is complete.
    await until(async () => {
      if (!(await this.#inputValue()).includes('/')) return true;
      if ((await this.#inputValue()) !== file) await this.type(file);
      await this.#input.press('Enter', { timeout: clickTimeoutMs }).catch(() => undefined);
      return within(1000, async () => !(await this.#inputValue()).includes('/'));
    }, 'the file dialog is answered');
  }
}
