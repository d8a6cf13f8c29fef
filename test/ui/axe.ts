/** axe-core inside a webview: what it finds wrong, as sentences, so that a failing test says what to mend. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, FrameLocator } from 'playwright-core';
import { frameInside } from './layout.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

export const axeViolations = async (frame: FrameLocator): Promise<readonly string[]> =>
  violationsIn(await frameInside(frame));

/** How VS Code's trees name their rows, label and description run together, is not an extension's to say. */
const vscodesOwn = ['label-content-name-mismatch'];

/** Of a part of the workbench, without what is VS Code's own. */
export const violationsOf = async (workbench: Frame, selector: string): Promise<readonly string[]> =>
  (await violationsIn(workbench, selector)).filter(
    (found) => !vscodesOwn.includes(found.split(':')[0] ?? ''),
  );

async function violationsIn(inside: Frame, selector = 'html'): Promise<readonly string[]> {
  // The page's own policy forbids scripts that it did not bring; the debugger's evaluation is not bound by it.
  await inside.evaluate(source);
  const violations = await inside.evaluate(async (within) => {
    const { axe } = globalThis as unknown as {
      axe: { run(root: string): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run(within)).violations;
  }, selector);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200) ?? ''}`);
}
