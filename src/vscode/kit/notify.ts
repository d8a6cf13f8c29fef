/** All notifications go through here: VS Code's own functions, with the text made plain first. */
import * as vscode from 'vscode';
import { plain } from './plain.ts';

export const showInformation = plainText(() => vscode.window.showInformationMessage);
export const showWarning = plainText(() => vscode.window.showWarningMessage);
export const showError = plainText(() => vscode.window.showErrorMessage);

export const withProgress: typeof vscode.window.withProgress = (options, task) =>
  vscode.window.withProgress(
    options.title === undefined ? options : { ...options, title: plain(options.title) },
    task,
  );

/** Has all overloads of the original, which is looked up at each call. */
function plainText<Show extends (text: string, ...rest: never[]) => unknown>(show: () => Show): Show {
  return ((text: string, ...rest: never[]) => show()(plain(text), ...rest)) as Show;
}
