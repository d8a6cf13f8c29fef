/** Runs axe-core inside a webview and returns its findings as sentences, so a failing test names the fault. */
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

/** The names of rows in VS Code's trees (label and description joined) are beyond an extension's control. */
const vscodesOwn = ['label-content-name-mismatch'];

/** Findings in a part of the workbench, without those in VS Code's own elements. */
export const violationsOf = async (workbench: Frame, selector: string): Promise<readonly string[]> =>
  (await violationsIn(workbench, selector)).filter(
    (found) => !vscodesOwn.includes(found.split(':')[0] ?? ''),
  );

async function violationsIn(inside: Frame, selector = 'html'): Promise<readonly string[]> {
  // The page's policy forbids foreign scripts, but does not apply to the debugger's evaluation.
  await inside.evaluate(source);
  const violations = await inside.evaluate(async (within) => {
    const { axe } = globalThis as unknown as {
      axe: { run(root: string): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run(within)).violations;
  }, selector);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200) ?? ''}`);
}
