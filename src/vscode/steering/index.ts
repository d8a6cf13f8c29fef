/**
 * The entry of steering: commands to pin, exclude, choose a profile, pause, forget, export and import. Their code loads
 * at first use.
 */
import * as vscode from 'vscode';
import type { SteeringDeps } from './deps.ts';
import type * as Commands from './commands.ts';
import { LostPinsNotice } from './lostPinsNotice.ts';
import { LearnedStateSync } from './learnedStateSync.ts';

export type { SteeringDeps } from './deps.ts';

export function registerSteering(deps: SteeringDeps): vscode.Disposable {
  const command = (
    id: string,
    run: (commands: typeof Commands, ...args: unknown[]) => unknown,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) =>
      run(await import('./commands.ts'), ...args),
    );
  const sync = new LearnedStateSync(deps);
  return vscode.Disposable.from(
    command('pilot.steer', ({ steer }) => steer(deps)),
    command('pilot.chooseProfile', ({ chooseProfile }) => chooseProfile(deps)),
    command('pilot.pinModel', ({ pinModel }, conversationId) =>
      pinModel(deps, typeof conversationId === 'string' ? conversationId : undefined),
    ),
    command('pilot.excludeModels', ({ excludeModels }) => excludeModels(deps)),
    command('pilot.cheaperNextTime', ({ cheaperNextTime }) => cheaperNextTime(deps)),
    command('pilot.toggleLearning', ({ toggleLearning }) => toggleLearning(deps)),
    vscode.commands.registerCommand('pilot.enterProviderTotal', async () =>
      (await import('./providerTotal.ts')).enterProviderTotal(deps),
    ),
    vscode.commands.registerCommand('pilot.releaseHolds', async (id?: unknown) =>
      (await import('./releaseHolds.ts')).releaseHolds(deps, idsOf(id)),
    ),
    vscode.commands.registerCommand('pilot.disputeCharge', async (id?: unknown) =>
      (await import('./disputeCharge.ts')).disputeCharge(deps, typeof id === 'string' ? id : undefined),
    ),
    command('pilot.forget', async () => (await import('./forgetCommand.ts')).forgetCommand(deps, sync)),
    command('pilot.export', async () => (await import('./exchangeCommands.ts')).exportCommand(deps)),
    command('pilot.import', async () => (await import('./exchangeCommands.ts')).importCommand(deps)),
    sync,
    new LostPinsNotice(deps),
  );
}

/** The id of one call, or of several; undefined = all calls, for any other value. */
function idsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : undefined;
}
