/** Edits in place as somebody at the keyboard meets them: asked for, accepted, undone, rejected, and never saved by itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Decision, Outcome } from '../../src/core/decision.ts';
import { practiceEditOf } from '../fakes/practice/edits.ts';
import type { PracticeModelId } from '../fakes/practice/skill.ts';
import { useWorkbench } from './driver.ts';
import { readLearnt } from './learnt.ts';

const file = 'src/discount.ts';
const instruction = 'Check the input first';

describe('Edit in place', () => {
  const workbench = useWorkbench({ settings: { 'files.autoSave': 'off' } });
  const onDisk = (): string => readFileSync(path.join(workbench.workspaceFolder, file), 'utf8');
  const lens = (text: string) =>
    workbench.page.locator('.codelens-decoration a').filter({ hasText: text }).first();
  let original: string;
  before(() => {
    original = onDisk();
  });

  /** Of the function around the cursor; resolves when its changes wait, with the decision. */
  async function edit(): Promise<Decision> {
    await workbench.goTo(5, 10);
    await workbench.page.keyboard.press('Control+Alt+I');
    await workbench.answer(instruction);
    await lens('Accept All').waitFor();
    const decision = readLearnt(workbench).decisions.at(-1);
    assert.ok(decision);
    assert.equal(decision.surface, 'ask');
    return decision;
  }

  async function outcome(decision: Decision, kind: Outcome['kind']): Promise<void> {
    const last = (): Outcome | undefined => readLearnt(workbench).outcomesOf(decision).at(-1);
    await workbench.until(() => last()?.kind === kind, `the outcome is "${kind}", not "${last()?.kind}"`);
  }

  /** The file with the lines that the model is known to write. */
  function edited({ chosen }: Decision): string {
    const lines = original.split('\n');
    const end = lines.indexOf('}') + 1;
    const first = lines.findIndex((line) => line.startsWith('export function discountFor'));
    const model = chosen.slice(chosen.indexOf('/') + 1) as PracticeModelId;
    const old = lines.slice(first, end);
    const fresh = practiceEditOf(model, { languageId: 'typescript', lines: old, instruction });
    return [...lines.slice(0, first), ...fresh, ...lines.slice(end)].join('\n');
  }

  async function save(): Promise<void> {
    await workbench.page.keyboard.press('Control+S');
    await workbench.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  it('the function around the cursor is changed and nothing saved; accepted, the model’s estimate rises', async () => {
    await workbench.openFile(file);
    const decision = await edit();
    await workbench.shot('edit-review');
    assert.equal(onDisk(), original);
    await workbench.page.keyboard.press('Control+Shift+Enter');
    await lens('Accept All').waitFor({ state: 'detached' });
    await outcome(decision, 'accepted');
    const { before, after } = readLearnt(workbench).estimates(decision);
    assert.ok(after > before, `${before} -> ${after}`);
    await save();
    assert.equal(onDisk(), edited(decision));
  });

  it('one undo brings the file back byte for byte', async () => {
    await workbench.page.keyboard.press('Control+Z');
    await save();
    assert.equal(onDisk(), original);
  });

  it('rejected, the file is as before and the model’s estimate falls', async () => {
    const decision = await edit();
    await workbench.page.keyboard.press('Control+Shift+Backspace');
    await lens('Accept All').waitFor({ state: 'detached' });
    await outcome(decision, 'rejected');
    const { before, after } = readLearnt(workbench).estimates(decision);
    assert.ok(after < before, `${before} -> ${after}`);
    await save();
    assert.equal(onDisk(), original);
  });
});
