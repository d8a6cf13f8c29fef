/**
 * Fills the ports of the engine (src/app/call/engine.ts) with VS Code's settings, keys and state, the shared space and
 * the database. Loaded and built when the first prompt needs it, so that activation reads no file (src/extension.ts).
 */
import path from 'node:path';
import type * as vscode from 'vscode';
import { assembleEngine, type EngineCore, type EngineParts } from './app/call/engine.ts';
import { atMost } from './app/call/patience.ts';
import type { PolicyStore } from './app/ports/decisions.ts';
import type { Clock, Disposable, Log } from './app/ports/environment.ts';
import type { Endpoint } from './app/settings/endpoint.ts';
import type { Arm } from './core/arm.ts';
import type { ArmId } from './core/brand.ts';
import type { ArmPrior, LearnerSpec } from './core/learning/learner.ts';
import { LOCAL_ARM } from './core/local/localArm.ts';
import { PILOT } from './core/learning/preset.ts';
import { armPrior, priorOf } from './core/learning/prior.ts';
import type { Space } from './core/learning/space.ts';
import { VSCODE_ENDPOINT_ID } from './app/chat/offer.ts';
import { createBillSource, createClientPool } from './providers/client/index.ts';
import { openStore, type Store } from './storage/host/openStore.ts';
import { withVscodeModels, type VscodeModels } from './vscode/models/index.ts';
import type { ModelSettings } from './vscode/settings/modelSettings.ts';
import type { Secrets } from './vscode/settings/secrets.ts';
import type { Settings } from './vscode/settings/settings.ts';
import type { Engine } from './vscode/kit/engineHolder.ts';
import { loadSpace } from './vscode/kit/shippedSpace.ts';

export interface EngineDeps {
  readonly extensionContext: vscode.ExtensionContext;
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly vscodeModels: VscodeModels;
  readonly secrets: Secrets;
  readonly policyStore: PolicyStore;
  readonly workspaceId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onReset: (problem: string) => void;
  readonly onPassedOver: EngineParts['onPassedOver'];
  readonly onLateBill: EngineParts['onLateBill'];
}

/** The longest wait for a long log; after it, routing uses the part folded so far until the whole log is folded. */
const foldPatienceMs = 2_000;

export async function buildEngine(deps: EngineDeps): Promise<Engine> {
  const space = await loadSpace(deps.extensionContext.extensionPath);
  const store = await loadStore(deps);
  try {
    const core = assembleEngine(partsOf(deps, space, store));
    follow(deps, core);
    await atMost(foldPatienceMs, core.learning.load(), soon);
    return { ...core, store };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function partsOf(deps: EngineDeps, space: Space, store: Store): EngineParts {
  const { settings, models, secrets, log } = deps;
  const endpoints = {
    endpoints: () => models.endpoints,
    key: (endpoint: Endpoint) => secrets.key(endpoint),
    mayGoPlain: (endpoint: Endpoint) => secrets.mayGoPlain(endpoint),
    log,
  };
  return {
    clock: deps.clock,
    log,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    workspaceId: deps.workspaceId,
    policyStore: deps.policyStore,
    ledger: store.ledger,
    decisionLog: store.log,
    client: withVscodeModels(deps.vscodeModels, createClientPool(endpoints)),
    bills: createBillSource(endpoints),
    after: soon,
    space,
    spec: learnerSpec(space, models),
    policyName: () => settings.policy,
    profile: () => settings.profile,
    longestAnswer: () => settings.longestAnswer,
    limits: () => settings.limits(),
    // The local model only completes code.
    arms: (surface) => (surface === 'inline' ? [...models.arms, LOCAL_ARM] : models.arms),
    hasKey: (arm) => isKeyless(arm) || secrets.hasKey(models.endpointOf(arm)),
    distrustPrice: (arm) => models.distrustPrice(arm),
    onReset: deps.onReset,
    onPassedOver: deps.onPassedOver,
    onLateBill: deps.onLateBill,
  };
}

function follow(
  { settings, models, vscodeModels, secrets }: EngineDeps,
  { health, learning }: EngineCore,
): void {
  health.resetWith([models, vscodeModels, secrets]);
  const followPause = (): void => void (learning.paused = settings.learningPaused);
  settings.follow(['learning.paused'], followPause);
  followPause();
}

/** A timer that does not keep the process alive. */
function soon(ms: number, run: () => void): Disposable {
  const timer = setTimeout(run, ms).unref();
  return { dispose: () => clearTimeout(timer) };
}

function loadStore({ extensionContext, workspaceId, clock, log }: EngineDeps): Promise<Store> {
  const mirrorKey = 'pilot.spendMirror';
  return openStore({
    folder: extensionContext.globalStorageUri.fsPath,
    workerPath: path.join(extensionContext.extensionPath, 'dist', 'storageWorker.js'),
    workspaceId,
    clock,
    onUnreadable: (rows) => {
      log.warn(`Rows of the spending ledger cannot be read and are left out: ${rows.join('; ')}`);
    },
    mirror: {
      load: () => extensionContext.globalState.get<unknown>(mirrorKey),
      save: (value) => void extensionContext.globalState.update(mirrorKey, value),
    },
  });
}

function learnerSpec(space: Space, models: ModelSettings): LearnerSpec {
  const cache = new Map<ArmId, ArmPrior>();
  models.onDidChange(() => cache.clear());
  const priorFor = (armId: ArmId): ArmPrior => {
    const known = cache.get(armId);
    if (known) return known;
    // An arm that was removed from the settings is still in the log: its name is the part after the endpoint's.
    const arm = models.arms.find(({ id }) => id === armId);
    const model = arm?.model ?? armId.slice(armId.indexOf('/') + 1);
    const { price, effort } = arm ?? {};
    const prior = armPrior(priorOf(space.models, model, price, { effort }), PILOT);
    cache.set(armId, prior);
    return prior;
  };
  return { spaceId: space.id, dimension: space.dimension, learnt: space.learnt, preset: PILOT, priorFor };
}

/** Arms without an endpoint: VS Code's own language models and the local one. */
const isKeyless = ({ id, endpointId }: Arm): boolean =>
  endpointId === VSCODE_ENDPOINT_ID || id === LOCAL_ARM.id;
