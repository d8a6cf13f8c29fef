/** What a designer would see at a glance (page/), as sentences. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Frame, FrameLocator, Page } from 'playwright-core';

const scriptOf = (file: string): string =>
  stripTypeScriptTypes(readFileSync(new URL(`page/${file}`, import.meta.url), 'utf8')).replace(
    'export function',
    'function',
  );
const faults = scriptOf('findFaults.ts');
const cutNames = scriptOf('findCutNames.ts');

export async function frameInside(frame: FrameLocator): Promise<Frame> {
  const handle = await frame.locator('html').elementHandle();
  const inside = await handle.ownerFrame();
  if (!inside) throw new Error('The webview has no frame');
  return inside;
}

/**
 * The tree in the side bar, whose widget is VS Code's: names that are cut. What follows a name may be, since the hover
 * and the screen reader have it whole.
 */
export const treeFaults = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`${cutNames}; findCutNames(${JSON.stringify(treeSelector)})`);
export const treeSelector = '.sidebar .pane-body .monaco-list';

export const layoutFaults = async (frame: FrameLocator): Promise<readonly string[]> =>
  (await frameInside(frame)).evaluate(`${faults}; findFaults()`);
