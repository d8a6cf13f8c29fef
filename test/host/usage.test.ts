import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Log } from '../../src/app/ports/environment.ts';
import { ReportPanel, type ReportPanelOptions } from '../../src/vscode/reports/reportPanel.ts';

/** Tabs of one of PILOT's report pages. */
const tabs = (page: 'usage' | 'decision'): readonly vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(`pilot.${page}`),
    );

/** VS Code reports tabs to the extension host a moment after they changed. */
async function untilTabs(page: 'usage' | 'decision', count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (tabs(page).length !== count && Date.now() < deadline) await sleep(50);
  assert.equal(tabs(page).length, count);
}

const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('pilot');

describe('the usage view', () => {
  afterEach(async () => {
    await vscode.window.tabGroups.close([...tabs('usage'), ...tabs('decision')]);
    await untilTabs('usage', 0);
  });

  it('opens once, and comes to the front when asked for again', async () => {
    await vscode.commands.executeCommand('pilot.showSpending');
    await untilTabs('usage', 1);
    await vscode.commands.executeCommand('pilot.showSpending');
    await sleep(500);
    await untilTabs('usage', 1);
  });

  it('opens once when it is asked for twice before it is there', async () => {
    const show = (): Thenable<unknown> => vscode.commands.executeCommand('pilot.showSpending');
    await Promise.all([show(), show()]);
    await untilTabs('usage', 1);
    await sleep(500);
    await untilTabs('usage', 1);
  });

  it('opens again after it was closed', async () => {
    await vscode.commands.executeCommand('pilot.showSpending');
    await untilTabs('usage', 1);
    await vscode.window.tabGroups.close(tabs('usage'));
    await untilTabs('usage', 0);
    await vscode.commands.executeCommand('pilot.showSpending');
    await untilTabs('usage', 1);
  });

  it('stays through settings that change under it', async () => {
    await vscode.commands.executeCommand('pilot.showSpending');
    await configuration().update('budget.monthlyLimitUsd', 7, vscode.ConfigurationTarget.Global);
    await configuration().update('budget.monthlyLimitUsd', 'seven', vscode.ConfigurationTarget.Global);
    await configuration().update('budget.monthlyLimitUsd', undefined, vscode.ConfigurationTarget.Global);
    await untilTabs('usage', 1);
  });

  it('opens no decision that is not in the log', async () => {
    // The message does not block, so the command ends.
    await vscode.commands.executeCommand('pilot.showDecision', 'no-such-decision');
    assert.equal(tabs('decision').length, 0);
  });
});

describe('steering', () => {
  it('pauses learning and resumes it', async () => {
    const paused = (): unknown => configuration().get('learning.paused');
    assert.equal(paused(), false);
    await vscode.commands.executeCommand('pilot.toggleLearning');
    assert.equal(paused(), true);
    await vscode.commands.executeCommand('pilot.toggleLearning');
    assert.equal(paused(), false);
  });

  it('takes no profile from a workspace', () => {
    const scope = (
      vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.packageJSON as Manifest
    ).contributes.configuration
      .flatMap(({ properties }) => Object.entries(properties))
      .find(([key]) => key === 'pilot.routing.profile')?.[1].scope;
    assert.equal(scope, 'application');
  });
});

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
    }[];
  };
}

describe('a message that is none of the protocol', () => {
  it('has no effect, and is counted in the log', () => {
    const lines: string[] = [];
    const log: Log = { info: () => undefined, warn: (line) => lines.push(line), error: () => undefined };
    const webview = {
      options: {},
      html: '',
      cspSource: 'https://example.invalid',
      asWebviewUri: (uri: vscode.Uri) => uri,
      postMessage: () => Promise.resolve(true),
      onDidReceiveMessage: (listener: (value: unknown) => void) => {
        send = listener;
        return new vscode.Disposable(() => undefined);
      },
    };
    let send: (value: unknown) => void = () => assert.fail('nobody listens');
    const never = () => new vscode.Disposable(() => undefined);
    const panel = {
      webview,
      visible: true,
      onDidChangeViewState: never,
      onDidDispose: never,
      dispose: () => undefined,
    };
    const heard: unknown[] = [];
    const hear = (message: unknown): unknown => heard.push(message);
    const options: ReportPanelOptions = {
      extensionUri: vscode.Uri.file('/nowhere'),
      page: 'usage',
      title: 'Usage',
      log,
      handlers: { ready: hear, choose: hear, csv: hear, act: hear },
      onClosed: () => undefined,
    };
    const report = new ReportPanel(options, panel as unknown as vscode.WebviewPanel);
    for (const value of [undefined, null, 'ready', {}, { type: 'run' }, { type: ['ready'] }]) send(value);
    assert.deepEqual(heard, []);
    assert.deepEqual(lines, ['The usage page sent one message that is none of the protocol: refused.']);
    send({ type: 'ready' });
    assert.deepEqual(heard, [{ type: 'ready' }], 'what is of the protocol is heard');
    report.dispose();
  });
});
