/** The commands for models and keys: set up, enter a key, test a model; also moves keys out of the settings. */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import { detectLocal } from '../../app/setup/detect.ts';
import type { Endpoint } from '../../app/settings/index.ts';
import type { SetupDeps } from '../../app/setup/dialogue.ts';
import { withProtocol } from '../../app/setup/entries.ts';
import { enterKey, setUpModels } from '../../app/setup/flow.ts';
import type { RateCard } from '../../core/arm.ts';
import { listModels } from '../../providers/openai/models.ts';
import { isLoopback, reachOf } from '../../providers/http/safety.ts';
import { PRESETS } from '../../providers/presets.ts';
import { Disposables, soon } from '../kit/disposables.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { Secrets } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import { MisplacedKeys } from './moveKeys.ts';
import { pickEndpoint } from './pickers.ts';
import type { Completion } from '../../app/call/routedCompletion.ts';
import { testModel } from './testModel.ts';
import { QuickPickSetupUi } from './ui.ts';
import { showError } from '../kit/notify.ts';

export interface SetupCommandsDeps {
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly extensionPath: string;
  /**
   * Sends the request of the test command, reserved and settled like any other. Without it, the command reports that it
   * is unavailable.
   */
  readonly completion?: Completion;
}

export function registerSetup(deps: SetupCommandsDeps): Disposables {
  const parts = new Disposables();
  const command = (id: string, run: (argument: unknown) => Promise<void>) =>
    parts.add(vscode.commands.registerCommand(id, (argument) => run(argument).catch(failed)));
  const failed = (error: unknown) => tellFailure(deps.log, error);
  command('pilot.setUpModels', async () => setUpModels(await flowDeps(deps)));
  command('pilot.enterKey', async (endpointId) => {
    const endpoint = await pickEndpoint(deps.models.endpoints, endpointId);
    if (endpoint) await enterKey(await flowDeps(deps), endpoint);
  });
  // Offered only by a button: the endpoint turned out to have no Responses.
  command('pilot.useChatCompletions', async (endpointId) => {
    if (typeof endpointId !== 'string') return;
    const { settings } = deps;
    await settings.update('endpoints', withProtocol(settings.endpoints, endpointId, 'chat'));
  });
  command('pilot.testModel', (armId) => testModel(deps, armId));
  const misplaced = new MisplacedKeys(deps);
  const moveKeys = () => void misplaced.moveOut().catch(failed);
  parts.add(deps.models.onDidChange(moveKeys));
  parts.add(soon(moveKeys));
  return parts;
}

/** The remaining cause is the settings file: unsaved changes, read-only, or invalid JSON. */
function tellFailure(log: Log, error: unknown): void {
  log.error('Set-up failed', error);
  const reason = error instanceof Error ? error.message : String(error);
  void showError(vscode.l10n.t('PILOT could not change its settings: {0}', reason));
}

async function flowDeps({
  settings,
  models,
  secrets,
  log,
  extensionPath,
}: SetupCommandsDeps): Promise<SetupDeps> {
  // The table is loaded at its first use, after activation.
  const { listPrice } = await import('../../core/models/priceTable.ts');
  const mayGoPlain = (endpoint: Endpoint): boolean => secrets.mayGoPlain(endpoint);
  const list = (key: string | undefined, timeouts?: typeof PROBE) => {
    return (endpoint: Parameters<SetupDeps['list']>[0], signal: AbortSignal) =>
      listModels({ endpoint, key: () => Promise.resolve(key), log, timeouts, mayGoPlain }, signal);
  };
  const { signal } = new AbortController();
  const variable = (name: string) => process.env[name]?.trim() || undefined;
  return {
    ui: new QuickPickSetupUi({
      endpoints: models.endpoints,
      presets: PRESETS,
      hasVariable: (name) => variable(name) !== undefined,
      detect: () => detectLocal(PRESETS, (endpoint) => list(undefined, PROBE)(endpoint, signal)),
    }),
    presets: PRESETS,
    prices: { lookup: listPrice },
    settings: {
      endpoints: () => settings.endpoints,
      models: () => settings.models,
      // Endpoints first: a model without its endpoint would be a problem.
      write: async (endpoints, models) => {
        await settings.update('endpoints', endpoints);
        await settings.update('models', models);
      },
      hasMonthlyLimit: () => settings.limits().monthly !== undefined,
      setMonthlyLimit: (usd) => settings.setMonthlyLimit(usd),
    },
    list: (endpoint, key, abort) => list(key)(endpoint, abort),
    keys: {
      stored: (endpoint) => secrets.key(endpoint),
      variable,
      store: (endpoint, key) => secrets.store(endpoint, key),
      confirmVariable: (name, endpoint) => secrets.confirmVariable(name, endpoint),
      mayGoPlain: (endpoint) => secrets.mayGoPlain(endpoint),
      allowPlain: (endpoint) => secrets.allowPlain(endpoint),
    },
    isLoopback,
    isPrivate: async (hostname) => (await reachOf(hostname)) === 'private',
    rating: () => publicRating(extensionPath),
    distrustsPrice: (arm) => models.distrusts(arm),
    trustPrice: (arm) => models.trustPrice(arm),
  };
}

async function publicRating(extensionPath: string): Promise<(model: string, price: RateCard) => number> {
  const [{ loadSpace }, { priorOf }] = await Promise.all([
    import('../kit/shippedSpace.ts'),
    import('../../core/learning/prior.ts'),
  ]);
  const { models } = await loadSpace(extensionPath);
  return (model, price) => priorOf(models, model, price).origin.rating;
}

/** Milliseconds: a running local server answers at once. */
const PROBE = { firstByteMs: 800, idleMs: 800, totalMs: 1500 };
