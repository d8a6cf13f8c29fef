/** What a designer would see at a glance inside a webview (page/findFaults.ts), as sentences. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Frame, FrameLocator } from 'playwright-core';

const script = stripTypeScriptTypes(
  readFileSync(new URL('page/findFaults.ts', import.meta.url), 'utf8'),
).replace('export function', 'function');

export async function frameInside(frame: FrameLocator): Promise<Frame> {
  const handle = await frame.locator('html').elementHandle();
  const inside = await handle.ownerFrame();
  if (!inside) throw new Error('The webview has no frame');
  return inside;
}

export const layoutFaults = async (frame: FrameLocator): Promise<readonly string[]> =>
  (await frameInside(frame)).evaluate(`${script}; findFaults()`);
