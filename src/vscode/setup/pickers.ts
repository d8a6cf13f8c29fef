import * as vscode from 'vscode';
import type { Endpoint } from '../../app/settings/index.ts';
import type { Arm } from '../../core/arm.ts';
import { shownName } from '../kit/armName.ts';

/** The endpoint that the command's caller names, else the only one, else the user's choice. */
export async function pickEndpoint(
  endpoints: readonly Endpoint[],
  wanted: unknown,
): Promise<Endpoint | undefined> {
  const named = endpoints.find(({ id }) => id === wanted);
  if (named) return named;
  if (endpoints.length === 0) {
    await vscode.commands.executeCommand('pilot.setUpModels');
    return undefined;
  }
  if (endpoints.length === 1) return endpoints[0];
  const items = endpoints.map((endpoint) => ({
    label: endpoint.label,
    description: endpoint.baseUrl,
    endpoint,
  }));
  const title = vscode.l10n.t('PILOT: Enter Key');
  const placeHolder = vscode.l10n.t('The key for which endpoint?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.endpoint;
}

export async function pickArm(arms: readonly Arm[], wanted: unknown): Promise<Arm | undefined> {
  const named = arms.find(({ id }) => id === wanted);
  if (named) return named;
  if (arms.length === 0) {
    await vscode.commands.executeCommand('pilot.setUpModels');
    return undefined;
  }
  const items = arms.map((arm) => ({
    label: shownName(arm),
    description: arm.endpointId,
    arm,
  }));
  const title = vscode.l10n.t('PILOT: Test a Model');
  const placeHolder = vscode.l10n.t('Which model?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true }))?.arm;
}
