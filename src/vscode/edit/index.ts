/** The door of edits in place: commands alone. Everything behind it is loaded when first used. */
import * as vscode from 'vscode';
import type { EditController, EditRequest } from './controller.ts';
import { registerCodeActions } from './actions.ts';
import type { EditDeps } from './deps.ts';
import type * as tasksModule from './tasks.ts';
import type { Problem } from './tasks.ts';

export type { EditDeps } from './deps.ts';

type Tasks = typeof tasksModule;

/** `hunk`: from a lens; without one the hunk at the cursor is meant. */
type Run = (edits: EditController, first: unknown, hunk: unknown) => unknown;

const TASKS: Readonly<
  Record<string, (tasks: Tasks, edits: EditController, problem: Problem | undefined) => unknown>
> = {
  'pilot.fix': (tasks, edits, problem) => tasks.fix(edits, problem),
  'pilot.explain': (tasks, _edits, problem) => tasks.explain(problem),
  'pilot.document': (tasks, edits) => tasks.document(edits),
  'pilot.writeTests': (tasks, edits) => tasks.writeTests(edits),
};

const COMMANDS: Readonly<Record<string, Run>> = {
  'pilot.editInPlace': (edits, request) => edits.edit(isRequest(request) ? request : {}),
  'pilot.edit.accept': (edits, uri, hunk) => edits.accept(uriOf(uri), numberOf(hunk)),
  'pilot.edit.reject': (edits, uri, hunk) => edits.reject(uriOf(uri), numberOf(hunk)),
  'pilot.edit.acceptAll': (edits, uri) => edits.accept(uriOf(uri), 'all'),
  'pilot.edit.rejectAll': (edits, uri) => edits.reject(uriOf(uri), 'all'),
  'pilot.edit.followUp': (edits, uri) => edits.followUp(uriOf(uri)),
  'pilot.edit.retry': (edits, uri, arm) => edits.retry(uriOf(uri), typeof arm === 'string' ? arm : undefined),
  'pilot.edit.another': (edits, uri) => edits.another(uriOf(uri)),
  'pilot.edit.stop': (edits, uri) => edits.stop(uriOf(uri)),
};

export function registerEdit(deps: EditDeps): vscode.Disposable {
  let controller: Promise<EditController> | undefined;
  const load = (): Promise<EditController> =>
    (controller ??= import('./controller.ts').then((module) => new module.EditController(deps)));
  const registered = Object.entries(COMMANDS).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => run(await load(), args[0], args[1])),
  );
  const tasks = Object.entries(TASKS).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (_uri: unknown, range: unknown, messages: unknown) =>
      run(await import('./tasks.ts'), await load(), problemOf(range, messages)),
    ),
  );
  const actions = registerCodeActions();
  return new vscode.Disposable(() => {
    vscode.Disposable.from(...registered, ...tasks, actions).dispose();
    void controller?.then((loaded) => loaded.dispose());
  });
}

const uriOf = (value: unknown): vscode.Uri | undefined => (value instanceof vscode.Uri ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** From a code action or a key of the user's own; a menu passes the file. */
function isRequest(value: unknown): value is EditRequest {
  if (typeof value !== 'object' || value === null || value instanceof vscode.Uri) return false;
  return !('instruction' in value) || typeof value.instruction === 'string';
}

const problemOf = (range: unknown, messages: unknown): Problem | undefined =>
  range instanceof vscode.Range &&
  Array.isArray(messages) &&
  messages.every((each) => typeof each === 'string')
    ? { range, messages }
    : undefined;
