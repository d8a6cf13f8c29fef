/** The only way to a notification: VS Code's own functions, whose text is made plain first. */
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

/** With all the overloads of the original; looked up with each call. */
function plainText<Show extends (text: string, ...rest: never[]) => unknown>(show: () => Show): Show {
  return ((text: string, ...rest: never[]) => show()(plain(text), ...rest)) as Show;
}
