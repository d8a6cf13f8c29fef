/** Two windows on different workspaces, two processes on one globalStorage: each sees what the other has spent. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ReservationId } from '../../src/core/brand.ts';
import type { ModelServer } from '../fakes/modelServer.ts';
import { practiceSettings, startPracticeServer } from '../fakes/practiceModels.ts';
import type { Committed, OtherAnswer, OtherQuestion } from './otherWindow.ts';

class OtherWindow {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async open(): Promise<OtherWindow> {
    const extension = vscode.extensions.getExtension('pilot-assistant.pilot-assistant');
    const folder = process.env['PILOT_TEST_GLOBAL_STORAGE'];
    assert.ok(extension && folder);
    const child = fork(
      path.join(import.meta.dirname, 'otherWindow.js'),
      [folder, path.join(extension.extensionPath, 'dist', 'storageWorker.js')],
      // The host's own Node, without the variables that VS Code sets for its children.
      { execArgv: [], env: { ELECTRON_RUN_AS_NODE: '1' } },
    );
    const other = new OtherWindow(child);
    await other.#answer();
    return other;
  }

  committed(): Promise<Committed> {
    return this.#ask({ ask: 'committed' }) as Promise<Committed>;
  }

  /** The reservation, or the reason for its refusal. */
  async reserve(worstUsd: number, limitUsd: number): Promise<{ id?: ReservationId; refused?: string }> {
    const said = await this.#ask({ ask: 'reserve', worstUsd, limitUsd });
    if ('reserved' in said) return { id: said.reserved };
    assert.ok('refused' in said);
    return said;
  }

  async void(id: ReservationId): Promise<void> {
    await this.#ask({ ask: 'void', id });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#ask({ ask: 'close' });
    await ended;
  }

  #ask(question: OtherQuestion): Promise<OtherAnswer> {
    const answer = this.#answer();
    this.#process.send(question);
    return answer;
  }

  #answer(): Promise<OtherAnswer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`The other window ended: ${code}`));
      this.#process.once('exit', ended);
      this.#process.once('message', (said) => {
        this.#process.off('exit', ended);
        resolve(said as OtherAnswer);
      });
    });
  }
}

describe('two windows on different workspaces', function () {
  this.timeout(60_000);
  let server: ModelServer;
  let other: OtherWindow;

  async function configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [key, value] of Object.entries(settings))
      await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
  }

  async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
    for (let i = 0; i < 200; i++) {
      if (await look()) return;
      await setTimeout(100);
    }
    assert.fail(`Waited in vain: ${what}`);
  }

  /** This window asks its most expensive model, as VS Code's Chat would. */
  async function ask(): Promise<string> {
    const [model] = await vscode.lm.selectChatModels({ vendor: 'pilot', id: 'practice/practice-sage' });
    assert.ok(model);
    const question = vscode.LanguageModelChatMessage.User('Explain `total` in Python');
    const { text } = await model.sendRequest([question], {});
    let answer = '';
    for await (const piece of text) answer += piece;
    return answer;
  }

  before(async () => {
    server = await startPracticeServer({ pace: 0 });
    await configure({ ...practiceSettings(server.url), 'pilot.budget.monthlyLimitUsd': 1_000 });
    const offered = async (): Promise<boolean> =>
      (await vscode.lm.selectChatModels({ vendor: 'pilot', id: 'practice/practice-sage' })).length > 0;
    await until('the models are offered', offered);
    other = await OtherWindow.open();
  });
  after(async () => {
    await other.close();
    await configure({
      ...Object.fromEntries(Object.keys(practiceSettings(server.url)).map((key) => [key, undefined])),
      'pilot.budget.monthlyLimitUsd': undefined,
    });
    await server.close();
  });

  it('see what the other one spent, and not as their own workspace’s', async () => {
    const before = await other.committed();
    await ask();
    await server.idle();
    assert.ok(server.billedNanoUsd > 0);
    await until('the other window counts it', async () => {
      const { month } = await other.committed();
      return month - before.month === server.billedNanoUsd;
    });
    assert.equal((await other.committed()).workspace, before.workspace);
  });

  it('share what is left: what one has reserved or spent, the other one cannot', async () => {
    const { month } = await other.committed();
    // Enough for the most expensive possible answer, except for a hundredth of a cent.
    const limitUsd = month / 1e9 + 5;
    const first = await other.reserve(4.9999, limitUsd);
    assert.ok(first.id, 'it fits');
    assert.deepEqual(await other.reserve(4.9999, limitUsd), { refused: 'over-limit: month' });
    await configure({ 'pilot.budget.monthlyLimitUsd': limitUsd });
    const sent = server.requests.length;
    await assert.rejects(ask(), /limit/);
    assert.equal(server.requests.length, sent, 'nothing was sent');
    await other.void(first.id);
    await until('this window may ask again', () => ask().then(() => true, () => false)); // prettier-ignore
    assert.ok(server.requests.length > sent);
  });

  it('reserve before they send: the other one has less while an answer is on its way', async () => {
    await configure({ 'pilot.budget.monthlyLimitUsd': 1_000 });
    await server.idle();
    const before = await other.committed();
    server.next({ kind: 'slow', tokenMs: 100 });
    const sent = server.requests.length;
    const answering = ask();
    await until('the endpoint serves it', () => server.requests.length > sent);
    const during = await other.committed();
    assert.ok(during.month > before.month, 'its worst case is reserved');
    const limitUsd = during.month / 1e9 + 0.01;
    assert.deepEqual(await other.reserve(0.02, limitUsd), { refused: 'over-limit: month' });
    await answering;
  });
});
