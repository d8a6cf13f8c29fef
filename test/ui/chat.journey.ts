/**
 * PILOT in VS Code's own Chat, offline and without an account. VS Code's agent answers only after "Chat: Manage
 * Language Models" was opened once, which is also where users choose a model of another extension.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { LoggedRequest } from '../fakes/modelServer.ts';
import { useWorkbench } from './driver.ts';

const agentStartMs = 5_000;

describe('VS Code’s own Chat', () => {
  const workbench = useWorkbench();
  const chat = (): Locator => workbench.page.locator('.interactive-session').first();
  const lastAnswer = (): Locator => chat().locator('.interactive-response').last();
  const asked = (): readonly LoggedRequest[] =>
    workbench.models.requests.filter(({ method }) => method === 'POST');

  before(async () => {
    await workbench.command('Chat: Manage Language Models');
    await workbench.page.getByText('PILOT Auto').first().waitFor();
    await workbench.shot('chat-models');
    await workbench.page.keyboard.press('Control+Alt+I');
    await chat().locator('.interactive-input-part .monaco-editor').waitFor();
    // VS Code's agent starts now; a question before that would open its sign-in. Its start has no visible sign.
    await sleep(agentStartMs);
  });

  /** Resolves when the answer contains the text and is complete, which its thumbs show. */
  async function say(question: string, expected: string | RegExp): Promise<void> {
    const answers = await chat().locator('.interactive-response').count();
    await chat().locator('.interactive-input-part .monaco-editor').first().click();
    await workbench.page.keyboard.type(question);
    // The names of participants and commands are recognized a moment after they are typed.
    await sleep(500);
    await workbench.page.keyboard.press('Enter');
    await workbench.until(
      async () => (await chat().locator('.interactive-response').count()) > answers,
      'the answer begins',
    );
    await lastAnswer().filter({ hasText: expected }).waitFor();
    await complete();
  }

  const complete = (): Promise<void> =>
    chat().locator('.interactive-input-part .codicon-stop-circle').waitFor({ state: 'hidden' });

  it('lists PILOT Auto and the user’s models, Auto chosen', async () => {
    for (const name of ['Swift (simulated)', 'Steady (simulated)', 'Scholar (simulated)', 'Sage (simulated)'])
      await workbench.page.getByText(name).first().waitFor();
    await chat().locator('.interactive-input-part').getByText('PILOT Auto').first().waitFor();
  });

  it('completes a tool loop in agent mode', async () => {
    await say('List the directory', 'The tool returned');
    assert.match((await lastAnswer().textContent()) ?? '', /README\.md/);
    await workbench.shot('chat-agent');
    const [first, second] = asked();
    assert.ok(first && second);
    assert.equal(asked().length, 2, 'one request that calls the tool, one with its result');
    assert.equal(rolesOf(first).at(-1), 'user');
    assert.deepEqual(rolesOf(second).slice(-2), ['assistant', 'tool']);
  });

  it('stays with the conversation’s model, whatever is asked next', async () => {
    await say('Thanks. Write a test for totalOf in Rust', 'simulated');
    await say('Read the file README.md', 'Harbour Café');
    assert.equal(asked().length, 5);
    assert.equal(new Set(asked().map(({ model }) => model)).size, 1);
  });

  it('reserves and settles each request of the agent on its own', async () => {
    await workbench.models.idle();
    await workbench.until(
      () => query("SELECT count(*) AS n FROM entries WHERE state = 'settled'")[0]?.['n'] === 5,
      'all five are settled',
    );
    const rows = query('SELECT cost, purpose FROM entries');
    assert.ok(rows.every((row) => row['purpose'] === 'chat'));
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row['cost']), 0),
      workbench.models.billedNanoUsd,
    );
  });

  it('@pilot answers, says why, and learns from the thumb', async () => {
    await workbench.command('Chat: New Chat');
    await say('@pilot Explain totalOf in TypeScript', 'available this month');
    await workbench.shot('chat-participant');
    assert.match((await lastAnswer().textContent()) ?? '', /\(simulated\): .+ · .*\$/);
    await lastAnswer().hover();
    await lastAnswer().locator('.codicon-thumbsup').click();
    await workbench.until(() => outcomes().includes('thumb-up'), 'the thumb is in the log');
  });

  it('@pilot goes one step up when asked for a better answer', async () => {
    const before = asked().at(-1)?.model;
    const answers = await chat().locator('.interactive-response').count();
    const better = chat().getByText('Better answer').last();
    assert.match(await better.innerText(), /Better answer: .+, (about \$|free)/);
    await better.click();
    await workbench.until(
      async () => (await chat().locator('.interactive-response').count()) > answers,
      'the better answer begins',
    );
    await lastAnswer().filter({ hasText: 'one step up' }).waitFor();
    await complete();
    await workbench.shot('chat-better');
    assert.notEqual(asked().at(-1)?.model, before);
    assert.ok(outcomes().includes('escalated') || outcomes().includes('thumb-up'));
  });

  it('says in one sentence what stops it at the limit, and sends nothing', async () => {
    await workbench.set({ 'pilot.budget.monthlyLimitUsd': 0 });
    await workbench.command('Chat: New Chat');
    const sent = asked().length;
    await say('Explain totalOf', 'this month’s limit');
    await workbench.shot('chat-limit');
    assert.equal(asked().length, sent);
    await workbench.set({ 'pilot.budget.monthlyLimitUsd': 5 });
  });

  type Row = Readonly<Record<string, unknown>>;

  function query(sql: string): readonly Row[] {
    const file = path.join(workbench.globalStorageFolder, 'pilot.db');
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }

  const outcomes = (): readonly string[] =>
    query("SELECT body FROM log WHERE type = 'outcome'").map(
      ({ body }) => (JSON.parse(String(body)) as { kind: string }).kind,
    );
});

function rolesOf({ body }: LoggedRequest): readonly string[] {
  return (body as { messages: readonly { role: string }[] }).messages.map(({ role }) => role);
}
