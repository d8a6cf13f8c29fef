/** Steering by quick picks: every entry shows its present state. */
import * as vscode from 'vscode';
import { exclude, pin, pinned, type Pinned, type PinScope } from '../../app/call/pins.ts';
import type { ArmId } from '../../core/brand.ts';
import { profileNames } from '../../core/money/policies/profile.ts';
import { languageName, modelName } from '../reports/names.ts';
import type { SteeringDeps, SteeringEngine } from './deps.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { lastPrompt, profileText, profileTitle } from './profileWords.ts';

const t = vscode.l10n.t;

/** For a pick after a pick: VS Code returns the focus to the editor between the two, which would close the second. */
export const staysOpen = { ignoreFocusOut: true };

export async function steer(deps: SteeringDeps): Promise<void> {
  const engine = await deps.engine();
  const { excluded } = engine.workspace.get();
  const pins = pinned(engine.workspace.get());
  const entry = (label: string, description: string, command: string) => ({ label, description, command });
  const picked = await vscode.window.showQuickPick(
    [
      entry(t('$(dashboard) Profile'), profileTitle(deps.settings.profile), 'pilot.chooseProfile'),
      entry(t('$(pin) Pin a Model'), pins.length === 0 ? t('none pinned') : pinsText(deps, pins), 'pilot.pinModel'),
      entry(t('$(exclude) Exclude Models'), excluded.length === 0 ? t('none excluded') : names(deps, excluded), 'pilot.excludeModels'),
      entry(t('$(arrow-down) Cheaper Next Time'), t('for the next prompt only'), 'pilot.cheaperNextTime'),
      deps.settings.learningPaused
        ? entry(t('$(play) Resume Learning'), t('learning is paused'), 'pilot.toggleLearning')
        : entry(t('$(debug-pause) Pause Learning'), t('learning from what you keep and reject'), 'pilot.toggleLearning'),
      entry(t('$(trash) Forget'), t('a period, a model, or everything'), 'pilot.forget'),
      entry(t('$(export) Export'), t('what was learned and spent'), 'pilot.export'),
      entry(t('$(cloud-download) Import'), t('from another PILOT'), 'pilot.import'),
    ],
    { title: t('PILOT: Steer Routing') },
  ); // prettier-ignore
  if (picked) await vscode.commands.executeCommand(picked.command);
}

// ------------------------------------------------------------------------------------------ profiles

export async function chooseProfile(deps: SteeringDeps): Promise<void> {
  const { store } = await deps.engine();
  const last = await lastPrompt(store.usage);
  const picked = await vscode.window.showQuickPick(
    profileNames.map((profile) => ({
      label: `${deps.settings.profile === profile ? '$(check) ' : ''}${profileTitle(profile)}`,
      ...profileText(profile, last, (armId) => modelName(deps.models.arms, armId)),
      profile,
    })),
    { title: t('How much should PILOT spend for better answers?'), ...staysOpen },
  );
  if (picked) await deps.settings.setProfile(picked.profile);
}

// ---------------------------------------------------------------------------------------------- pins

export async function pinModel(deps: SteeringDeps, conversationId: string | undefined): Promise<void> {
  const engine = await deps.engine();
  const scope = await chooseScope(deps, engine, conversationId);
  if (!scope) return;
  const now = pinned(engine.workspace.get()).find((each) => sameScope(each.scope, scope))?.armId;
  const auto = { label: t('$(sparkle) Auto'), description: t('PILOT chooses'), id: undefined };
  const picked = await vscode.window.showQuickPick(
    [
      auto,
      ...deps.models.arms.map(({ id, model }) => ({
        label: `${id === now ? '$(pinned) ' : ''}${modelName(deps.models.arms, id)}`,
        description: model,
        id: id,
      })),
    ],
    { title: t('Which model answers {0}?', scopeText(scope)), ...staysOpen },
  );
  if (!picked) return;
  pin(engine.workspace, scope, picked.id);
}

async function chooseScope(
  deps: SteeringDeps,
  { workspace }: SteeringEngine,
  conversationId: string | undefined,
): Promise<PinScope | undefined> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const standing = pinned(workspace.get());
  const scopes: PinScope[] = [
    ...(conversationId === undefined ? [] : [{ kind: 'conversation' as const, conversationId }]),
    ...(language === undefined ? [] : [{ kind: 'language' as const, language }]),
    { kind: 'workspace' },
  ];
  const others = standing
    .map(({ scope }) => scope)
    .filter((each) => !scopes.some((scope) => sameScope(scope, each)));
  const picked = await vscode.window.showQuickPick(
    [...scopes, ...others].map((scope) => {
      const armId = standing.find((each) => sameScope(each.scope, scope))?.armId;
      return {
        label: scopeText(scope),
        description: armId === undefined ? t('Auto') : modelName(deps.models.arms, armId),
        scope,
      };
    }),
    { title: t('Pin a model for what? The narrowest pin wins.'), ...staysOpen },
  );
  return picked?.scope;
}

function scopeText(scope: PinScope): string {
  switch (scope.kind) {
    case 'workspace':
      return t('everything in this workspace');
    case 'language':
      return t('{0} in this workspace', languageName(scope.language));
    case 'conversation':
      return t('this conversation');
  }
}

const sameScope = (a: PinScope, b: PinScope): boolean => JSON.stringify(a) === JSON.stringify(b);

const pinsText = (deps: SteeringDeps, pins: readonly Pinned[]): string =>
  pins.map(({ armId, scope }) => `${modelName(deps.models.arms, armId)} (${scopeText(scope)})`).join(', ');

const names = (deps: SteeringDeps, ids: readonly ArmId[]): string =>
  ids.map((id) => modelName(deps.models.arms, id)).join(', ');

// ----------------------------------------------------------------------------- exclusions and the rest

export async function excludeModels(deps: SteeringDeps): Promise<void> {
  const { workspace } = await deps.engine();
  const { arms } = deps.models;
  const { excluded } = workspace.get();
  const picked = await vscode.window.showQuickPick(
    arms.map(({ id, model }) => ({
      label: modelName(arms, id),
      description: model,
      picked: excluded.includes(id),
      id,
    })),
    { title: t('Which models should not answer in this workspace?'), canPickMany: true, ...staysOpen },
  );
  if (!picked) return;
  const present = arms.map(({ id }) => id);
  exclude(workspace, picked.map(({ id }) => id), present); // prettier-ignore
  if (picked.length === arms.length && arms.length > 0) {
    void showWarning(t('All models are excluded in this workspace: PILOT cannot answer here.'));
  }
}

export async function cheaperNextTime({ engine }: SteeringDeps): Promise<void> {
  (await engine()).policy.cheaperNext();
  void vscode.window.setStatusBarMessage(t('$(arrow-down) The next prompt gets a cheaper answer.'), 5_000);
}

export async function toggleLearning({ settings }: SteeringDeps): Promise<void> {
  const paused = !settings.learningPaused;
  await settings.setLearningPaused(paused);
  void showInformation(
    paused
      ? t('PILOT no longer learns from what you keep and reject, until you resume learning.')
      : t('PILOT is learning again from what you keep and reject.'),
  );
}
