/** The entry of edits in place: commands and the lightbulb. Everything else is loaded at first use. */
import * as vscode from 'vscode';
import { isObject } from '../../core/shape.ts';
import { registerCodeActions } from './actions.ts';
import type { EditController, EditRequest } from './controller.ts';
import type { EditDeps } from './deps.ts';
import type { ReportedProblem } from './tasks.ts';

export type { EditDeps } from './deps.ts';

type EditCommand = (edits: EditController, first: unknown, second: unknown, third: unknown) => unknown;

export function registerEdit(deps: EditDeps): vscode.Disposable {
  let controller: Promise<EditController> | undefined;
  const load = (): Promise<EditController> =>
    (controller ??= import('./controller.ts').then((module) => new module.EditController(deps)));
  const command = (id: string, run: EditCommand): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) =>
      run(await load(), args[0], args[1], args[2]),
    );
  const tasks = () => import('./tasks.ts');

  // A lens names its file and its hunk; a key means the active file and the hunk at the cursor.
  const registered = vscode.Disposable.from(
    registerCodeActions(),
    command('pilot.editInPlace', (edits, request) => edits.edit(isRequest(request) ? request : {})),
    command('pilot.edit.accept', (edits, uri, hunk) => edits.accept(uriOf(uri), numberOf(hunk))),
    command('pilot.edit.reject', (edits, uri, hunk) => edits.reject(uriOf(uri), numberOf(hunk))),
    command('pilot.edit.acceptAll', (edits, uri) => edits.accept(uriOf(uri), 'all')),
    command('pilot.edit.rejectAll', (edits, uri) => edits.reject(uriOf(uri), 'all')),
    command('pilot.edit.followUp', (edits, uri) => edits.followUp(uriOf(uri))),
    command('pilot.edit.retry', (edits, uri, arm) =>
      edits.retry(uriOf(uri), typeof arm === 'string' ? arm : undefined),
    ),
    command('pilot.edit.another', (edits, uri) => edits.another(uriOf(uri))),
    command('pilot.edit.stop', (edits, uri) => edits.stop(uriOf(uri))),
    command('pilot.fix', async (edits, _uri, range, messages) =>
      (await tasks()).fix(edits, problemOf(range, messages)),
    ),
    command('pilot.explain', async (_edits, _uri, range, messages) =>
      (await tasks()).explain(problemOf(range, messages)),
    ),
    command('pilot.document', async (edits) => (await tasks()).document(edits)),
    command('pilot.writeTests', async (edits) => (await tasks()).writeTests(edits)),
  );
  return new vscode.Disposable(() => {
    registered.dispose();
    void controller?.then((loaded) => loaded.dispose());
  });
}

const uriOf = (value: unknown): vscode.Uri | undefined => (value instanceof vscode.Uri ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** From a user's own key; a menu passes the file. */
function isRequest(value: unknown): value is EditRequest {
  if (!isObject(value) || value instanceof vscode.Uri) return false;
  return !('instruction' in value) || typeof value.instruction === 'string';
}

const problemOf = (range: unknown, messages: unknown): ReportedProblem | undefined =>
  range instanceof vscode.Range &&
  Array.isArray(messages) &&
  messages.every((each) => typeof each === 'string')
    ? { range, messages }
    : undefined;
