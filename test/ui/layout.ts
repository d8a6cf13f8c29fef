/** Visible layout faults (page/), as sentences. */
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
 * Cut names in the side bar's tree, whose widget is VS Code's. The text after a name may be cut, since the hover and
 * the screen reader have all of it.
 */
export const treeFaults = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`${cutNames}; findCutNames(${JSON.stringify(treeSelector)})`);
export const treeSelector = '.sidebar .pane-body .monaco-list';

export const layoutFaults = async (frame: FrameLocator): Promise<readonly string[]> =>
  (await frameInside(frame)).evaluate(`${faults}; findFaults()`);
