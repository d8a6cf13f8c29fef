import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AskPanel } from './askPanel.ts';
import { AskPanel as Panel, openAskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

describe('Ask', () => {
  const workbench = useWorkbench();
  let panel: AskPanel;
  const chats = () => workbench.models.requests.filter(({ path: at }) => at.endsWith('/chat/completions'));
  const press = (name: string) => panel.lastAnswer.getByRole('button', { name, exact: true });

  before(() => {
    writeFileSync(path.join(workbench.workspaceFolder, '.env'), 'TOKEN=hunter2\n');
  });

  it('opens with the keyboard in its composer, and the selection on board', async () => {
    await workbench.openFile('src/orders.ts');
    await workbench.goTo(17);
    await workbench.page.keyboard.press('Shift+ArrowDown');
    await workbench.page.keyboard.press('Shift+ArrowDown');
    panel = await openAskPanel(workbench);
    await panel.frame.locator('.chip.on').filter({ hasText: 'orders.ts:17-18' }).waitFor();
    await panel.frame.locator('.composer textarea:focus').waitFor();
    await workbench.shot('ask-empty');
  });

  it('shows word by word what will be sent, and sends just that', async () => {
    await panel.composer.fill('Why does this loop fail on its last pass?');
    await panel.frame.getByRole('button', { name: 'Inspect what will be sent' }).click();
    const shown = panel.frame.locator('.message pre');
    await shown.last().waitFor();
    const texts = await shown.allTextContents();
    await workbench.shot('ask-inspect');
    await panel.frame.getByRole('button', { name: 'Send This' }).click();
    await panel.settled();
    const { messages } = chats().at(-1)?.body as { messages: { content: string }[] };
    assert.deepEqual(
      messages.map(({ content }) => content),
      texts,
    );
    assert.match(texts.at(-1) ?? '', /Selected code: .*orders\.ts:17-18/);
  });

  it('shows the answer with its model, reason, cost and what is left', async () => {
    await panel.lastAnswer.locator('.answer-body p').first().waitFor();
    const meta = await panel.lastAnswer.locator('.meta').innerText();
    assert.match(meta, /simulated/);
    assert.match(meta, /\$0\.0\d+|free/);
    assert.match(meta, /\$\d+\.\d\d available this month/);
    assert.notEqual((await panel.lastAnswer.locator('.reason').innerText()).trim(), '');
    await workbench.shot('ask-answer');
  });

  it('takes a thumb, another, and takes it back', async () => {
    const pressed = () => panel.lastAnswer.locator('.thumb[aria-pressed="true"]').count();
    await press('Good answer').click();
    await panel.lastAnswer.locator('.thumb[aria-pressed="true"][title="Good answer"]').waitFor();
    await press('Poor answer').click();
    await panel.lastAnswer.locator('.thumb[aria-pressed="true"][title="Poor answer"]').waitFor();
    assert.equal(await pressed(), 1);
    await press('Poor answer').click();
    await workbench.until(async () => (await pressed()) === 0, 'no thumb is pressed');
    await press('Good answer').click();
  });

  it('keeps the conversation, the thumb and the draft over a reload', async () => {
    await panel.composer.fill('half a thought');
    // VS Code's web workbench writes the state of webviews after five idle seconds.
    await workbench.page.waitForTimeout(6_500);
    await workbench.reload();
    panel = new Panel(workbench);
    // Webviews come back late on a busy machine, since their service worker starts again.
    await panel.composer.waitFor({ timeout: 60_000 });
    await panel.lastAnswer.locator('.thumb[aria-pressed="true"][title="Good answer"]').waitFor();
    await workbench.until(
      async () => (await panel.composer.inputValue()) === 'half a thought',
      'the draft is back',
    );
    await panel.composer.fill('');
  });

  it('answers a follow-up in the same conversation', async () => {
    await panel.ask('Show the corrected function in TypeScript.');
    const { messages } = chats().at(-1)?.body as { messages: { role: string }[] };
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
  });

  it('asks another model, and keeps the former answer a click away', async () => {
    await press('Ask another model').click();
    await workbench.option('Sage').waitFor();
    await workbench.shot('ask-another');
    await workbench.pick('Sage');
    await panel.lastAnswer.locator('.meta').filter({ hasText: 'Sage' }).waitFor();
    await panel.settled();
    assert.match(await panel.lastAnswer.locator('.pager').innerText(), /2 of 2/);
    await press('Previous answer').click();
    await panel.lastAnswer.locator('.pager').filter({ hasText: '1 of 2' }).waitFor();
  });

  it('inserts code at the cursor', async () => {
    const block = panel.frame.locator('.code-block').last();
    const code = (await block.locator('code').innerText()).trim();
    await workbench.openFile('web/menu.css');
    await block.getByRole('button', { name: 'Insert' }).click();
    const firstLine = code.split('\n')[0] ?? '';
    await workbench.editor.locator('.view-line').filter({ hasText: firstLine.trim() }).first().waitFor();
  });

  it('shows a change before it is made, and makes it when accepted', async () => {
    const block = panel.frame.locator('.code-block').last();
    const file = path.join(workbench.workspaceFolder, 'src/orders.ts');
    const before = readFileSync(file, 'utf8');
    await block.getByRole('button', { name: 'Apply' }).click();
    await workbench.page.locator('.tab.active').filter({ hasText: 'proposed change' }).waitFor();
    await workbench.shot('ask-apply');
    await workbench.page.locator('.statusbar-item').filter({ hasText: 'Accept Change' }).click();
    await workbench.page
      .locator('.tab')
      .filter({ hasText: 'proposed change' })
      .waitFor({ state: 'detached' });
    await workbench.page.keyboard.press('Control+S');
    await workbench.until(() => readFileSync(file, 'utf8') !== before, 'the file has changed');
  });

  it('keeps a secret file out', async () => {
    await workbench.openFile('.env');
    await panel.frame.locator('.chip.withheld').filter({ hasText: '.env' }).waitFor();
    await workbench.shot('ask-secret');
    await panel.ask('What is in this file?');
    assert.ok(!chats().some(({ rawBody }) => rawBody.includes('hunter2')));
    await panel.frame.locator('.chip.withheld').click();
    const warning = workbench.dialog('contains secrets');
    await warning.waitFor();
    await warning.getByRole('button', { name: 'Cancel' }).click();
    await panel.ask('And now?');
    assert.ok(!chats().some(({ rawBody }) => rawBody.includes('hunter2')));
  });

  it('stops at Escape, and keeps what came', async () => {
    workbench.models.next({ kind: 'slow', tokenMs: 100 });
    await panel.send('Explain everything at length.');
    await panel.lastAnswer.locator('.answer-body p').first().waitFor();
    await panel.composer.press('Escape');
    await panel.lastAnswer.locator('.status').filter({ hasText: 'Stopped' }).waitFor();
    assert.notEqual((await panel.lastAnswer.locator('.answer-body').innerText()).trim(), '');
    await workbench.until(() => chats().at(-1)?.clientClosed === true, 'the endpoint saw the client go');
  });

  it('says in one sentence what failed, with a way on', async () => {
    workbench.models.next({ kind: 'reset-mid-stream', afterTokens: 5 });
    await panel.send('And this?');
    await panel.problem.waitFor();
    await workbench.shot('ask-problem');
    await panel.problem.getByRole('button', { name: 'Try Again' }).click();
    await panel.lastAnswer.locator('.pager').filter({ hasText: '2 of 2' }).waitFor();
    await panel.settled();
    assert.equal(await panel.problem.count(), 0);
  });

  it('follows no link before its address was seen', async () => {
    workbench.models.next({ kind: 'echo-prompt' });
    await panel.ask('[a link](https://example.com/somewhere)');
    await panel.lastAnswer.getByRole('link', { name: 'a link' }).click();
    await workbench.option('https://example.com/somewhere').waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('takes ten megabytes without getting stuck', async () => {
    workbench.models.next({ kind: 'huge' });
    await panel.send('Everything, please.');
    await panel.lastAnswer.getByText('too long to show in full').waitFor({ timeout: 60_000 });
    await workbench.until(
      async () => !(await panel.lastAnswer.getAttribute('class'))?.includes('running'),
      'it has ended',
      60_000,
    );
    await panel.composer.fill('still alive');
    await panel.composer.fill('');
    await workbench.shot('ask-huge');
  });

  it('lists conversations, opens one, and deletes one', async () => {
    await panel.frame.getByRole('button', { name: 'New conversation' }).click();
    await panel.frame.locator('.empty').waitFor();
    await panel.ask('A second conversation?');
    await panel.frame.getByRole('button', { name: 'Conversations' }).click();
    const rows = panel.frame.locator('.history-row');
    await rows.nth(1).waitFor();
    assert.equal(await rows.count(), 2);
    await workbench.shot('ask-history');
    await rows.nth(1).locator('.history-open').click();
    await panel.frame.getByText('Why does this loop fail').first().waitFor();
    await panel.frame.getByRole('button', { name: 'Conversations' }).click();
    await rows
      .first()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await workbench.until(async () => (await rows.count()) === 1, 'one is left');
    await panel.frame.getByRole('button', { name: 'Back' }).click();
  });

  it('deletes all conversations after one question', async () => {
    await workbench.command('PILOT: Delete Conversations');
    await workbench.dialog('Delete all conversations').getByRole('button', { name: 'Delete All' }).click();
    await panel.frame.locator('.empty').waitFor();
    await workbench.shot('ask-deleted');
  });
});
