/** Asks for the instruction, and, by a button beside it, for the model. */
import * as vscode from 'vscode';
import type { AskEngine } from '../../app/ask/ask.ts';
import type { Choice } from '../../app/call/routing.ts';
import { pickModel } from '../ask/dialogs.ts';
import { plain } from '../kit/plain.ts';

const { t } = vscode.l10n;

export interface EditInstruction {
  readonly instruction: string;
  readonly choice: Choice;
}

const auto: Choice = { type: 'auto' };

export async function askInstruction(
  engine: AskEngine,
  title: string,
  placeholder: string,
): Promise<EditInstruction | undefined> {
  let value = '';
  let choice = auto;
  for (;;) {
    const given = await show(title, placeholder, { value, model: modelOf(engine, choice) });
    if (given === undefined) return undefined;
    if (!given.choosesModel) return { instruction: given.value, choice };
    value = given.value;
    choice = (await pickModel(engine.arms(), choice.type === 'arm' ? choice.armId : undefined)) ?? choice;
  }
}

const modelOf = (engine: AskEngine, choice: Choice): string =>
  choice.type === 'arm'
    ? (engine.arms().find(({ id }) => id === choice.armId)?.label ?? choice.armId)
    : t('Auto');

interface TypedInstruction {
  readonly value: string;
  readonly choosesModel: boolean;
}

function show(
  title: string,
  placeholder: string,
  { value, model }: { readonly value: string; readonly model: string },
): Promise<TypedInstruction | undefined> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { title: plain(title), placeholder, value, ignoreFocusOut: true });
  input.prompt = plain(t('Model: {0}', model));
  input.buttons = [{ iconPath: new vscode.ThemeIcon('settings'), tooltip: t('Choose the Model') }];
  const { promise, resolve } = Promise.withResolvers<TypedInstruction | undefined>();
  input.onDidAccept(() => {
    if (input.value.trim() !== '') resolve({ value: input.value.trim(), choosesModel: false });
  });
  input.onDidTriggerButton(() => resolve({ value: input.value, choosesModel: true }));
  input.onDidHide(() => resolve(undefined));
  input.show();
  return promise.finally(() => input.dispose());
}
