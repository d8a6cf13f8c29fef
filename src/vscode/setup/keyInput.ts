import * as vscode from 'vscode';
import type { KeyAnswer, KeyQuestion } from '../../app/setup/dialogue.ts';

const { t } = vscode.l10n;

/** Asks for a key. A variable that is set is offered by its name, and read only when the user chooses it. */
export async function askForKey(question: KeyQuestion, title: string): Promise<KeyAnswer | undefined> {
  if (question.keyringFailed) return askForVariable(question, title);
  const choices = choicesFor(question);
  const [only, ...others] = choices;
  const choice =
    only && others.length === 0
      ? only
      : await vscode.window.showQuickPick(choices, {
          title,
          placeHolder: t('How does {0} identify you?', question.endpoint.label),
          ignoreFocusOut: true,
        });
  switch (choice?.answer) {
    case undefined:
      return undefined;
    case 'none':
      return { type: 'none' };
    case 'variable':
      return question.variable === undefined ? undefined : { type: 'variable', name: question.variable };
    case 'typed':
      return askForTyped(question, title);
  }
}

type KeyItem = vscode.QuickPickItem & { readonly answer: KeyAnswer['type'] };

function choicesFor({ variable, preset }: KeyQuestion): KeyItem[] {
  const typed: KeyItem = {
    label: t('$(key) Enter a key'),
    description: t('stored in the system keyring'),
    answer: 'typed',
  };
  const fromVariable: KeyItem[] =
    variable === undefined
      ? []
      : [
          {
            label: t('$(terminal) Use the environment variable {0}', variable),
            description: t('read each time VS Code starts, never stored'),
            answer: 'variable',
          },
        ];
  const none: KeyItem[] = preset.needsKey ? [] : [{ label: t('$(unlock) It needs no key'), answer: 'none' }];
  return [...fromVariable, ...none, typed];
}

function askForTyped(
  { endpoint, preset, refused }: KeyQuestion,
  title: string,
): Promise<KeyAnswer | undefined> {
  const input = vscode.window.createInputBox();
  const openPage: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: t('Open the page where {0} issues keys', endpoint.label),
  };
  Object.assign(input, {
    title,
    prompt: refused
      ? t('{0} refused that key. Please enter another one.', endpoint.label)
      : t('Enter the key for {0}. It is stored in the system keyring, never in settings.', endpoint.label),
    password: true,
    ignoreFocusOut: true,
    buttons: preset.keyPage === undefined ? [] : [openPage],
  });
  return new Promise((resolve) => {
    input.onDidTriggerButton(() => {
      if (preset.keyPage !== undefined) void vscode.env.openExternal(vscode.Uri.parse(preset.keyPage));
    });
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    input.onDidAccept(() => {
      const key = input.value.trim();
      if (/^[\x21-\x7e]{4,}$/.test(key)) {
        resolve({ type: 'typed', key });
        input.hide();
      } else {
        input.validationMessage = t('A key cannot contain spaces or letters outside the English alphabet.');
      }
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}

/** Without a keyring PILOT cannot store a key; the user's own environment can. */
async function askForVariable(
  { endpoint, preset, isSet }: KeyQuestion,
  title: string,
): Promise<KeyAnswer | undefined> {
  const name = await vscode.window.showInputBox({
    title,
    prompt: t(
      'The system keyring refused the key. Enter the name of an environment variable that contains the key for {0}. VS Code must be started with it.',
      endpoint.label,
    ),
    value: preset.apiKeyEnv ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const variable = text.trim();
      if (!/^[A-Za-z_]\w*$/.test(variable)) {
        return t('Enter the name of a variable, not the key: letters, digits and underscores.');
      }
      const message = t('{0} is not set in this VS Code. Set the variable and restart VS Code.', variable);
      return isSet(variable) ? undefined : { message, severity: vscode.InputBoxValidationSeverity.Warning };
    },
  });
  return name === undefined ? undefined : { type: 'variable', name: name.trim() };
}
