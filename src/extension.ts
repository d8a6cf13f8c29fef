/**
 * The composition root: it registers the surfaces and creates everything they share. Activation makes no request and
 * reads no file; the engine (src/engine.ts) is loaded and built when a prompt, or the first idle moment, needs it.
 */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Completion } from './app/call/routedCompletion.ts';
import type { Clock, Log } from './app/ports/environment.ts';
import type { EngineDeps } from './engine.ts';
import { LOCAL_ARM } from './core/local/localArm.ts';
import { registerAsk } from './vscode/ask/index.ts';
import { AskEngineOverRouting } from './vscode/ask/askEngine.ts';
import { BadSettingsNotices, showLateBill, showPassedOver, showReset } from './vscode/words/attention.ts';
import { registerBudgetCommands } from './vscode/money/budgetCommands.ts';
import { registerCommit, type CommitDeps } from './vscode/commit/index.ts';
import { registerEdit } from './vscode/edit/index.ts';
import { registerChat, type ChatDeps } from './vscode/chat/index.ts';
import type { InlineHostDeps } from './vscode/inline/index.ts';
import { Disposables, soon } from './vscode/kit/disposables.ts';
import { withStatus } from './vscode/kit/answerStatus.ts';
import { EngineHolder } from './vscode/kit/engineHolder.ts';
import { hasCompletions, hostOf, inlineProblems, registerInlineSoon } from './vscode/inline/inlineWiring.ts';
import { MementoPolicyStore } from './vscode/kit/mementoStore.ts';
import { showMenu } from './vscode/money/menu.ts';
import { incompleteMessage, messageOf } from './vscode/words/messages.ts';
import { registerVscodeModels } from './vscode/models/index.ts';
import { ModelSettings } from './vscode/settings/modelSettings.ts';
import { openLogChannel, outputLog } from './vscode/kit/outputLog.ts';
import { registerRefreshPrices } from './vscode/setup/refreshPrices.ts';
import { modelName } from './vscode/reports/names.ts';
import { PausedThumb } from './vscode/words/pausedThumb.ts';
import { reasonLine } from './vscode/words/reason.ts';
import { HostConsents } from './vscode/settings/hostConsents.ts';
import { Secrets } from './vscode/settings/secrets.ts';
import { PRESETS } from './providers/presets.ts';
import { Settings } from './vscode/settings/settings.ts';
import { registerSetup } from './vscode/setup/index.ts';
import { registerUsage } from './vscode/reports/index.ts';
import { registerSteering } from './vscode/steering/index.ts';
import { StatusController } from './vscode/money/statusController.ts';

let end: (() => Promise<void>) | undefined;

/** VS Code disposes the surfaces, which stops their running work, and waits for this. */
export const deactivate = (): Promise<void> | undefined => end?.();

export function activate(extensionContext: vscode.ExtensionContext): void {
  const parts = new Disposables();
  extensionContext.subscriptions.push(parts);
  const channel = parts.add(openLogChannel());
  const log = outputLog(channel);
  const clock = { now: () => Date.now() };
  const settings = parts.add(new Settings());
  const vscodeModels = parts.add(
    registerVscodeModels({ settings, log, access: extensionContext.languageModelAccessInformation }),
  );
  const models = parts.add(new ModelSettings(settings, extensionContext.globalState, [vscodeModels]));
  const secrets = parts.add(
    new Secrets({
      storage: extensionContext.secrets,
      clock,
      log,
      presets: PRESETS,
      consents: new HostConsents(extensionContext.globalState),
    }),
  );
  const id = workspaceId();
  const policyStore = parts.add(new MementoPolicyStore(extensionContext.workspaceState, log, clock.now));
  const engineDeps: EngineDeps = {
    extensionContext,
    settings,
    models,
    vscodeModels,
    secrets,
    policyStore,
    workspaceId: id,
    clock,
    log,
    onReset: (problem) => void showReset(problem),
    onPassedOver: (arm, error) => void showPassedOver(arm, error),
    onLateBill: (armId, cost) => void showLateBill(modelName(models.arms, armId), cost),
  };
  const engine = new EngineHolder(async () => (await import('./engine.ts')).buildEngine(engineDeps), log);
  end = () => engine.end();
  const status = parts.add(new StatusController({ settings, models, engine, log }));
  const badSettings = new BadSettingsNotices(log);
  const retell = (): void => badSettings.tell(settings, models);
  parts.add(models.onDidChange(retell));
  parts.add(settings.onDidChange(retell));
  parts.add(soon(retell));
  const { extensionUri, globalState } = extensionContext;
  registerSurfaces(parts, { extensionContext, extensionUri, globalState, settings, models, secrets, engine, status, workspaceId: id, clock, log }); // prettier-ignore
  parts.add(vscode.commands.registerCommand('pilot.showLog', () => channel.show()));
  parts.add(vscode.commands.registerCommand('pilot.menu', () => showMenu(status.state, settings)));
}

type EngineLearning = ChatDeps['learning'] & InlineHostDeps['learning'];

interface Shared extends Pick<vscode.ExtensionContext, 'extensionUri' | 'globalState'> {
  readonly extensionContext: vscode.ExtensionContext;
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly secrets: Secrets;
  readonly engine: EngineHolder;
  readonly status: StatusController;
  readonly workspaceId: string;
  readonly clock: Clock;
  readonly log: Log;
}

function registerSurfaces(parts: Disposables, shared: Shared): void {
  const { extensionContext, extensionUri, globalState, settings, models, secrets, engine, status } = shared;
  const { clock, log } = shared;
  const pausedThumb = new PausedThumb(settings);
  const completion: Completion = { run: (order) => withStatus(status, engine, order) };
  const askEngine = new AskEngineOverRouting({ engine, completion, settings, models, pausedThumb });
  const words = { reason: reasonLine, problem: messageOf, incomplete: incompleteMessage };
  const learning: EngineLearning = {
    outcome: async (...outcome) => (await engine.get()).learning.outcome(...outcome),
    correctedOutcome: async (...outcome) => (await engine.get()).learning.correctedOutcome(...outcome),
  };
  parts.add(registerEdit({ engine: askEngine, learning, words, log, clock }));
  const tell: CommitDeps['tell'] = (...outcome) =>
    void learning.correctedOutcome(...outcome).catch(() => undefined);
  parts.add(registerCommit({ engine: askEngine, tell, log }));
  parts.add(
    registerAsk({
      engine: askEngine,
      words,
      settings,
      log,
      clock,
      extensionUri,
      storageUri: extensionContext.storageUri,
      globalStorageUri: extensionContext.globalStorageUri,
    }),
  );
  parts.add(
    registerSetup({
      settings,
      models,
      secrets,
      log,
      extensionPath: extensionContext.extensionPath,
      completion: engine,
    }),
  );
  parts.add(registerRefreshPrices({ settings, models, secrets, log }));
  parts.add(registerBudgetCommands({ settings, ledger: async () => (await engine.get()).store.ledger }));
  const onceBuilt = { ...shared, engine: () => engine.get(), onEngineBuilt: engine.onBuilt.bind(engine) };
  parts.add(registerUsage(onceBuilt));
  parts.add(registerSteering(onceBuilt));
  parts.add(
    registerChat({
      completion,
      learning,
      preview: async (request) => (await engine.get()).routing.preview(request),
      models,
      pausedThumb,
      log,
    }),
  );
  parts.add(
    registerInlineSoon(log, () => ({
      settings,
      engine,
      learning,
      arms: () => [...models.arms, LOCAL_ARM],
      endpointHost: (arm) => hostOf(models.endpointOf(arm)?.baseUrl),
      hasCompletions: (arm) => hasCompletions(models.endpointOf(arm)),
      localWorkerPath: vscode.Uri.joinPath(extensionUri, 'dist', 'localModelWorker.js').fsPath,
      globalState,
      clock,
      log,
      onProblem: inlineProblems(log),
    })),
  );
}

/** The workspace of the ledger's rows and of the policy's state, as a hash, since paths are private. */
function workspaceId(): string {
  const root = vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  return root ? createHash('sha256').update(root.toString()).digest('hex').slice(0, 16) : 'no-folder';
}
