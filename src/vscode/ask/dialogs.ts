/** Ask's dialogs outside its panel. */
import * as vscode from 'vscode';
import type { Choice } from '../../app/call/routing.ts';
import { isFree, type Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { usd } from '../kit/format.ts';
import { nameOf } from './contextItems.ts';
import { saysSimulated } from '../kit/armName.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { isSecretUri } from '../kit/realPath.ts';

const { t } = vscode.l10n;

export async function confirmSecret(label: string): Promise<boolean> {
  const add = t('Send It Anyway');
  const detail = t('It would be sent to the provider of the model that answers.');
  const warning = t('{0} looks like it contains secrets.', label);
  return (await showWarning(warning, { modal: true, detail }, add)) === add;
}

export async function confirmDeleteAll(): Promise<boolean> {
  const action = t('Delete All');
  const question = t('Delete all conversations in this workspace, including the open one?');
  const detail = t('This cannot be undone. What PILOT has learned and spent is kept.');
  return (await showWarning(question, { modal: true, detail }, action)) === action;
}

export const tellDeleted = (deleted: number): void =>
  void showInformation(
    deleted === 1 ? t('1 conversation was deleted.') : t('{0} conversations were deleted.', deleted),
  );

/** Open files first, then the other files of the workspace. */
export async function pickFiles(current: vscode.Uri | undefined): Promise<readonly vscode.Uri[]> {
  interface FilePick extends vscode.QuickPickItem {
    readonly uri: vscode.Uri;
  }
  const toPick = (uri: vscode.Uri): FilePick => ({
    uri,
    label: nameOf(uri),
    iconPath: isSecretUri(uri) ? new vscode.ThemeIcon('lock') : vscode.ThemeIcon.File,
    ...(uri.toString() === current?.toString() ? { description: t('active') } : {}),
  });
  const picked = await vscode.window.showQuickPick<FilePick>(
    workspaceFiles().then((uris) => uris.map(toPick)),
    { canPickMany: true, placeHolder: t('Choose files to send along with the question') },
  );
  return picked?.map(({ uri }) => uri) ?? [];
}

async function workspaceFiles(): Promise<readonly vscode.Uri[]> {
  const open = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : [])),
  );
  const found = await vscode.workspace.findFiles('**/*', '**/node_modules/**', 5_000);
  found.sort((a, b) => a.path.localeCompare(b.path));
  return [...new Map([...open, ...found].map((uri) => [uri.toString(), uri])).values()];
}

interface ModelPick extends vscode.QuickPickItem {
  readonly choice: Choice;
}

/** The model for the conversation's next questions: PILOT's choice, or the user's own. */
export async function pickModel(
  arms: readonly Arm[],
  chosen: ArmId | undefined,
): Promise<Choice | undefined> {
  const auto: ModelPick = {
    label: t('Auto'),
    detail: t('PILOT chooses the model that is worth its price for each question.'),
    choice: { type: 'auto' },
    ...(chosen === undefined ? { description: t('current') } : {}),
  };
  const picks = [auto, ...arms.map((arm) => armPick(arm, arm.id === chosen ? t('current') : undefined))];
  const placeHolder = t('Which model should answer in this conversation?');
  return (await vscode.window.showQuickPick(picks, { placeHolder, matchOnDetail: true }))?.choice;
}

/** Another model for an answered question. */
export async function pickAnother(
  arms: readonly Arm[],
  tried: readonly ArmId[],
): Promise<Choice | undefined> {
  const any: ModelPick = {
    label: t('Let PILOT choose another'),
    detail: t('Any model that has not answered this question yet.'),
    choice: { type: 'another', not: tried },
  };
  const picks = [
    any,
    ...arms.map((arm) => armPick(arm, tried.includes(arm.id) ? t('has answered') : undefined)),
  ];
  const placeHolder = t('Which model should answer this question?');
  return (await vscode.window.showQuickPick(picks, { placeHolder, matchOnDetail: true }))?.choice;
}

function armPick(arm: Arm, note: string | undefined): ModelPick {
  const simulated = arm.simulated && !saysSimulated(arm.label) ? t('simulated') : undefined;
  const description = [simulated, note].filter((part) => part !== undefined);
  return {
    label: arm.label,
    description: description.join(', '),
    detail: `${arm.endpointId} · ${priceText(arm)}`,
    choice: { type: 'arm', armId: arm.id },
  };
}

function priceText({ price }: Arm): string {
  if (!price) return t('no price known');
  if (isFree(price)) return t('free');
  const dollars = (amount: number): string => usd((amount * 1e9) as NanoUsd);
  const { inputUsdPerMTok, outputUsdPerMTok } = price;
  return t('{0} in, {1} out per million tokens', dollars(inputUsdPerMTok), dollars(outputUsdPerMTok));
}

const openable = new Set(['https:', 'http:', 'mailto:']);

/** A link in an answer is untrusted: its address is shown before VS Code opens it. */
export async function openLink(href: string): Promise<void> {
  const url = URL.parse(href);
  if (!url || !openable.has(url.protocol)) return;
  const open = { label: t('Open {0}', url.host || url.pathname), detail: url.href };
  const copy = { label: t('Copy the address'), detail: url.href };
  const picked = await vscode.window.showQuickPick([open, copy], {
    title: t('Link in an answer'),
    placeHolder: url.href,
  });
  if (picked === open) await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
  if (picked === copy) await vscode.env.clipboard.writeText(url.href);
}
