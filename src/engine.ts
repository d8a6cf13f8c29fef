/**
 * The engine behind every surface: routing, money and learning, wired in dependency order. Loaded and built when the
 * first prompt needs it, so that activation reads no file (src/extension.ts).
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { Health } from './app/health.ts';
import { Learning, type LearnerCodec } from './app/learning.ts';
import { PolicyRuntime } from './app/policyRuntime.ts';
import type { Clock, Disposable, Log, PolicyStore } from './app/ports.ts';
import { Reconciliation } from './app/reconciliation.ts';
import { RoutedCompletion } from './app/routedCompletion.ts';
import { Routing } from './app/routing.ts';
import type { Endpoint } from './app/settings/endpoint.ts';
import { WorkspaceStateHolder } from './app/workspaceState.ts';
import type { Arm } from './core/arm.ts';
import type { ArmId } from './core/brand.ts';
import type { Surface } from './core/decision.ts';
import { decodeLearner, encodeLearner } from './core/learnerCodec.ts';
import { Learner, type ArmPrior, type LearnerSpec } from './core/learner.ts';
import { LOCAL_ARM } from './core/local/localArm.ts';
import { PILOT } from './core/preset.ts';
import { armPrior, priorOf } from './core/prior.ts';
import { decodeSpace, type Space } from './core/space.ts';
import { VSCODE_ENDPOINT_ID } from './app/chat/offer.ts';
import { createBillSource, createClientPool } from './providers/openai/index.ts';
import { openStore, type Store } from './storage/openStore.ts';
import { withVscodeModels, type VscodeModels } from './vscode/models/index.ts';
import type { ModelSettings } from './vscode/modelSettings.ts';
import type { Secrets } from './vscode/secrets.ts';
import type { Settings } from './vscode/settings.ts';

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
}

export interface Engine {
  readonly completion: RoutedCompletion;
  readonly routing: Routing;
  readonly learning: Learning;
  readonly policy: PolicyRuntime;
  readonly health: Health;
  readonly workspace: WorkspaceStateHolder;
  readonly space: Space;
  readonly store: Store;
  readonly reconciliation: Reconciliation;
}

export async function buildEngine(deps: EngineDeps): Promise<Engine> {
  const space = await loadSpace(deps.extensionContext);
  const store = await loadStore(deps);
  try {
    return await wire(deps, space, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function wire(deps: EngineDeps, space: Space, store: Store): Promise<Engine> {
  const { settings, models, secrets, workspaceId, clock, log } = deps;
  const workspace = new WorkspaceStateHolder(deps.policyStore);
  const policy = new PolicyRuntime(
    workspace,
    () => settings.policy,
    () => settings.profile,
  );
  const health = new Health();
  // A changed setting or key gives every arm a new chance.
  models.onDidChange(() => health.reset());
  secrets.onDidChange(() => health.reset());
  const spec = learnerSpec(space, models);
  const learning = new Learning({
    decisionLog: store.log,
    codec: codecOf(spec),
    clock,
    log,
    onReset: deps.onReset,
  });
  const followPause = (): void => void (learning.paused = settings.learningPaused);
  settings.onDidChange(followPause);
  followPause();
  await learning.load();
  const limits = (): ReturnType<Settings['limits']>['limits'] => settings.limits().limits;
  // The local model completes code and can do nothing else.
  const arms = (surface?: Surface): readonly Arm[] =>
    surface === 'inline' ? [...models.arms, LOCAL_ARM] : models.arms;
  const routing = new Routing({
    clock,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    workspaceId,
    arms,
    hasKey: (arm) => isKeyless(arm) || secrets.hasKey(models.endpointOf(arm)),
    limits,
    spend: () => store.ledger.summary(),
    space: () => space,
    preset: () => spec.preset,
    policy,
    learning,
    health,
    workspace,
  });
  const endpointClients = createClientPool({
    endpoints: () => models.endpoints,
    key: (endpoint) => secrets.key(endpoint),
    log,
  });
  const reconciliation = reconciling(deps, store);
  const completion = new RoutedCompletion({
    clock,
    log,
    routing,
    learning,
    policy,
    health,
    workspace,
    workspaceId,
    ledger: store.ledger,
    limits,
    client: withVscodeModels(deps.vscodeModels, endpointClients),
    arms,
    distrustPrice: (arm) => models.distrustPrice(arm),
  });
  return { completion, routing, learning, policy, health, workspace, space, store, reconciliation };
}

function reconciling({ models, secrets, clock, log }: EngineDeps, store: Store): Reconciliation {
  const key = (endpoint: Endpoint): Promise<string | undefined> => secrets.key(endpoint);
  return new Reconciliation({
    ledger: store.ledger,
    source: createBillSource({ endpoints: () => models.endpoints, key, log }),
    arms: () => models.arms,
    clock,
    log,
    after: soon,
  });
}

/** Keeps nothing alive. */
function soon(ms: number, run: () => void): Disposable {
  const timer = setTimeout(run, ms).unref();
  return { dispose: () => clearTimeout(timer) };
}

async function loadSpace({ extensionPath }: vscode.ExtensionContext): Promise<Space> {
  const stored: unknown = JSON.parse(await readFile(path.join(extensionPath, 'media', 'space.json'), 'utf8'));
  const decoded = decodeSpace(stored);
  // It ships with the extension, so a bad one is a broken installation, not bad input.
  if (!decoded.ok) throw new Error(`media/space.json cannot be used: ${JSON.stringify(decoded.error)}`);
  return decoded.value;
}

function loadStore({ extensionContext, workspaceId, clock }: EngineDeps): Promise<Store> {
  const mirrorKey = 'pilot.spendMirror';
  return openStore({
    folder: extensionContext.globalStorageUri.fsPath,
    workerPath: path.join(extensionContext.extensionPath, 'dist', 'storageWorker.js'),
    workspaceId,
    clock,
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
    // An arm that was taken out of the settings is still in the log: its name follows the endpoint's.
    const arm = models.arms.find(({ id }) => id === armId);
    const model = arm?.model ?? armId.slice(armId.indexOf('/') + 1);
    const prior = armPrior(priorOf(space.models, model, arm?.price), PILOT);
    cache.set(armId, prior);
    return prior;
  };
  return { spaceId: space.id, dimension: space.dimension, learnt: space.learnt, preset: PILOT, priorFor };
}

/** Arms behind no endpoint: VS Code's own language models and the local one. */
const isKeyless = ({ id, endpointId }: Arm): boolean =>
  endpointId === VSCODE_ENDPOINT_ID || id === LOCAL_ARM.id;

const codecOf = (spec: LearnerSpec): LearnerCodec => ({
  fresh: () => new Learner(spec),
  encode: encodeLearner,
  decode: (stored) => {
    const decoded = decodeLearner(stored, spec);
    return decoded.ok
      ? { learner: decoded.value, problem: undefined }
      : { learner: new Learner(spec), problem: JSON.stringify(decoded.error) };
  },
});
