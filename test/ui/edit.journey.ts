/** Edits in place in use: requested, accepted, undone, rejected, and never saved automatically. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
  const lens = (text: string) => workbench.page.locator('.codelens-decoration a').filter({ hasText: text });
  let original: string;
  before(() => {
    original = onDisk();
  });

  /** Edits the function around the cursor; resolves with the decision when its changes wait. */
  async function edit(): Promise<Decision> {
    await workbench.goTo(5, 10);
    await workbench.page.keyboard.press('Control+Alt+I');
    await workbench.picker.widget.getByText(/Model: Auto \(.+\), about \$/).waitFor();
    await workbench.shot('edit-input');
    await workbench.answer(instruction);
    await lens('Accept All').first().waitFor();
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
    await lens('Accept All').first().waitFor({ state: 'detached' });
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

  it('rejected, all of it, the file is as before and the model’s estimate falls', async () => {
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.press('Control+Alt+I');
    await workbench.answer(instruction);
    await lens('Reject').nth(1).waitFor();
    const decision = readLearnt(workbench).decisions.at(-1);
    assert.ok(decision);
    await workbench.shot('edit-hunks');
    await workbench.page.keyboard.press('Control+Shift+Backspace');
    await lens('Accept All').first().waitFor({ state: 'detached' });
    await outcome(decision, 'rejected');
    const { before, after } = readLearnt(workbench).estimates(decision);
    assert.ok(after < before, `${before} -> ${after}`);
    await save();
    assert.equal(onDisk(), original);
  });

  it('the lightbulb fixes a problem', async () => {
    await workbench.goTo(9, 46);
    await workbench.page.keyboard.press('Control+.');
    const action = workbench.page.locator('.action-widget').getByText('Fix with PILOT', { exact: true });
    await action.waitFor();
    await workbench.shot('edit-lightbulb');
    await action.click();
    await lens('Reject All').first().waitFor();
    await workbench.editor.getByText('edit: Fix this and change nothing else:').first().waitFor();
    await workbench.page.keyboard.press('Control+Shift+Backspace');
    await lens('Reject All').first().waitFor({ state: 'detached' });
  });

  it('tests come into a new file where the workspace would have them, and are not saved', async () => {
    await workbench.goTo(5, 10);
    await workbench.command('PILOT: Write Tests');
    await workbench.page.locator('.tab.active.dirty').filter({ hasText: 'discount.test.ts' }).waitFor();
    await lens('Accept All').first().waitFor();
    await workbench.shot('edit-tests');
    assert.ok(!existsSync(path.join(workbench.workspaceFolder, 'src/discount.test.ts')));
    await workbench.page.keyboard.press('Control+Z');
    await lens('Accept All').first().waitFor({ state: 'detached' });
    await workbench.command('View: Close Editor');
  });

  it('a commit message is written from the staged changes', async () => {
    const git = (...args: readonly string[]): void => {
      const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
      execFileSync('git', [...identity, ...args], { cwd: workbench.workspaceFolder, stdio: 'ignore' });
    };
    git('init');
    git('add', 'src');
    git('commit', '-m', 'Begin');
    writeFileSync(path.join(workbench.workspaceFolder, 'src/new.ts'), 'export const one = 1;\n');
    git('add', 'src/new.ts');
    await workbench.reload();
    const message = workbench.page.locator('.scm-editor .view-lines').first();
    await workbench.command('Source Control: Focus on Changes View');
    await message.waitFor();
    await workbench.command('PILOT: Generate Commit Message');
    await message.getByText('Change src/new.ts (simulated)').waitFor();
    await workbench.shot('commit-message');
  });
});
