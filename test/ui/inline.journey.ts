/** Inline completions in use: shown, accepted, rejected, ignored, undone, and switched off. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { LOCAL_ARM } from '../../src/core/local/localArm.ts';
import type { Decision, Outcome } from '../../src/core/decision.ts';
import { DEFAULT_RULES } from '../../src/core/inline/outcome.ts';
import { openAskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';
import { readLearnt } from './learnt.ts';

const file = 'src/typed.js';
const known =
  "export function load(store) {\n  const stored = store.get('settings');\n  return stored;\n}\n\n";

describe('Inline completions', () => {
  const workbench = useWorkbench({
    settings: {
      'pilot.inline.paid': true,
      // First without the local model, so the suggestion comes from a practice model.
      'pilot.inline.local': false,
      // The journey's typing is uneven on a busy machine: only its end shall count as a pause.
      'pilot.inline.debounceMs': 1_000,
      'pilot.inline.latencyTargetMs': 20_000,
      // VS Code's list of words would cover the ghost text, depending on the machine's speed.
      'editor.quickSuggestions': 'off',
      'editor.suggestOnTriggerCharacters': false,
      'editor.wordBasedSuggestions': 'off',
    },
  });
  const sent = (): number => workbench.models.requests.filter(({ method }) => method === 'POST').length;
  const paidItem = () => workbench.statusBarItem('pilot.inline.paid');

  before(async () => {
    writeFileSync(path.join(workbench.workspaceFolder, file), known.repeat(6));
    await workbench.openFile(file);
  });

  /** Types on a new line at the end. */
  async function type(text: string): Promise<void> {
    const { keyboard } = workbench.page;
    await keyboard.press('Control+1');
    await keyboard.press('Control+End');
    await keyboard.press('Enter');
    await keyboard.press('Home');
    await keyboard.type(text);
  }

  /** Types until a suggestion of a practice model is visible; returns its decision. */
  async function suggested(text: string): Promise<Decision> {
    const before = inline().length;
    await type(text);
    await workbench.ghostText.waitFor();
    await workbench.until(() => inline().length > before, 'the decision is in the log');
    const decision = inline().at(-1);
    assert.ok(decision);
    assert.match(decision.chosen, /^practice\/practice-/);
    return decision;
  }

  /** Like `suggested`, for the local model, whose worker may still be starting: the next key asks again. */
  async function suggestedLocally(text: string): Promise<Decision> {
    const before = inline().length;
    await type(text);
    await workbench.until(async () => {
      if (await appears(workbench.ghostText)) return true;
      await workbench.page.keyboard.press('Backspace');
      await workbench.page.keyboard.type(text.slice(-1));
      return false;
    }, 'the local model answers');
    await workbench.until(() => inline().length > before, 'the decision is in the log');
    const decision = inline().at(-1);
    assert.ok(decision);
    return decision;
  }

  /** Waits longer than the pause in typing. */
  const appears = (text: Locator): Promise<boolean> =>
    text.waitFor({ timeout: 4_000 }).then(
      () => true,
      () => false,
    );

  const inline = (): readonly Decision[] =>
    readLearnt(workbench).decisions.filter(({ surface }) => surface === 'inline');

  async function outcome(decision: Decision, kind: Outcome['kind']): Promise<Outcome> {
    const last = (): Outcome | undefined => readLearnt(workbench).outcomesOf(decision).at(-1);
    await workbench.until(() => last()?.kind === kind, `the outcome is "${kind}", not "${last()?.kind}"`);
    const found = last();
    assert.ok(found);
    return found;
  }

  it('shows the routed model’s text as ghost text, and that it may cost money', async () => {
    await paidItem().waitFor();
    await suggested('const numberOfOrders = ');
    assert.equal(sent(), 1);
    await workbench.shot('inline-ghost');
    await paidItem().hover();
    await workbench.page.getByText('Swift (simulated): format suffix, as set').first().waitFor();
    await workbench.shot('inline-formats');
    // The tooltip disappears, the ghost text stays.
    await workbench.page.mouse.move(500, 400);
    await workbench.ghostText.waitFor();
  });

  it('Tab takes it: accepted once in the log, and the model’s estimate rises', async () => {
    const [decision] = inline();
    assert.ok(decision);
    const ghost = (await workbench.ghostText.innerText()).trim();
    await workbench.page.keyboard.press('Tab');
    await workbench.ghostText.waitFor({ state: 'detached' });
    await outcome(decision, 'accepted');
    await workbench.editor.locator('.view-line').filter({ hasText: ghost }).first().waitFor();
    const learnt = readLearnt(workbench);
    assert.equal(learnt.outcomesOf(decision).filter(({ kind }) => kind === 'accepted').length, 1);
    const { before, after } = learnt.estimates(decision);
    assert.ok(after > before, `${before} -> ${after}`);
    await workbench.command('PILOT: Show Last Decision');
    await workbench.webview().getByText('Every model at that time').waitFor();
    // The published model that each was matched to.
    await workbench.webview().getByText('Where each model started').waitFor();
    await workbench.shot('inline-decision');
    await workbench.command('View: Close Editor');
  });

  it('undo right after Tab takes it back, and the estimate falls', async () => {
    const decision = await suggested('const customerNames = ');
    await workbench.page.keyboard.press('Tab');
    await outcome(decision, 'accepted');
    const accepted = readLearnt(workbench).estimates(decision).after;
    await workbench.page.keyboard.press('Control+Z');
    const { reward } = await outcome(decision, 'undone');
    assert.ok(reward !== undefined && reward < 0.5, String(reward));
    const { before, after } = readLearnt(workbench).estimates(decision);
    assert.ok(after < before && after < accepted, `${before} -> ${accepted} -> ${after}`);
  });

  it('Esc refuses it, and the estimate falls', async () => {
    const decision = await suggested('const latestInvoice = ');
    await workbench.page.keyboard.press('Escape');
    await workbench.ghostText.waitFor({ state: 'detached' });
    await outcome(decision, 'rejected');
    const { before, after } = readLearnt(workbench).estimates(decision);
    assert.ok(after < before, `${before} -> ${after}`);
  });

  it('something else typed after it was read counts against it, by less than Esc', async () => {
    const decision = await suggested('const openInvoices = ');
    // The suggestion must be visible long enough to count as read, which has no visible sign.
    await sleep(2 * DEFAULT_RULES.minVisibleMs);
    await workbench.page.keyboard.type('9');
    const { weight } = await outcome(decision, 'diverged');
    assert.ok(weight < 1);
    const { before, after } = readLearnt(workbench).estimates(decision);
    assert.ok(after < before, `${before} -> ${after}`);
  });

  it('one click in the status bar ends what costs money; the local model goes on, and nothing is sent', async () => {
    await workbench.set({ 'pilot.inline.local': true });
    await workbench.openFile(file);
    await paidItem().click();
    await paidItem().waitFor({ state: 'hidden' });
    const requests = sent();
    const decision = await suggestedLocally('const stored = store.g');
    await workbench.shot('inline-local');
    assert.equal(decision.chosen, LOCAL_ARM.id);
    assert.equal(sent(), requests);
  });

  it('a word of it taken and then something else typed counts as that much', async () => {
    const decision = await suggestedLocally('const stored = store.g');
    assert.equal(decision.chosen, LOCAL_ARM.id);
    await workbench.page.keyboard.press('Control+ArrowRight');
    // The column of the cursor, since ghost text looks like text.
    const column = 'const stored = store.get'.length + 1;
    await workbench.page
      .locator('.statusbar-item')
      .filter({ hasText: `Col ${column}` })
      .waitFor();
    await workbench.page.keyboard.type('9');
    const { reward } = await outcome(decision, 'partial');
    assert.ok(reward !== undefined && reward < 1, String(reward));
  });

  it('switched off sends nothing at all', async () => {
    await workbench.set({
      'pilot.inline.paid': true,
      'pilot.inline.local': false,
      'pilot.inline.enabled': true,
    });
    await workbench.openFile(file);
    await paidItem().waitFor();
    const menuOffers = async (label: string): Promise<void> => {
      await workbench.command('PILOT: Menu');
      await workbench.option(label).waitFor();
      await workbench.page.keyboard.press('Escape');
      await workbench.quickInput.waitFor({ state: 'hidden' });
    };
    await menuOffers('Turn Inline Completions Off');
    await workbench.command('PILOT: Toggle Inline Completions');
    await paidItem().waitFor({ state: 'hidden' });
    await menuOffers('Turn Inline Completions On');
    const [requests, decisions] = [sent(), inline().length];
    // The command does not suggest either, and says why.
    await workbench.command('PILOT: Suggest a Completion');
    await workbench.notification('Inline completions are off.').waitFor();
    await type('const averageBasket = ');
    await type('const largestBasket = ');
    await workbench.page.keyboard.press('Control+S');
    await workbench.until(
      () => readFileSync(path.join(workbench.workspaceFolder, file), 'utf8').includes('largestBasket'),
      'the typing is saved',
    );
    // An answer takes longer than any completion, so the ledger then contains only that answer.
    const panel = await openAskPanel(workbench);
    await panel.ask('Explain what a lighthouse is');
    assert.equal(sent(), requests + 1);
    assert.equal(inline().length, decisions);
  });
});
