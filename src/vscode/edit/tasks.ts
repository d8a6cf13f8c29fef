/**
 * Fix, explain, document, write tests: edits and questions with fixed prompts. They are in English, since a model reads
 * them.
 */
import * as vscode from 'vscode';
import { testFileFor, testPattern } from '../../app/edit/testFile.ts';
import { fenceFor } from '../../app/ask/assemble.ts';
import { showInformation } from '../kit/notify.ts';
import { isSecretUri } from '../kit/realPath.ts';
import { problemText } from './actions.ts';
import type { EditController } from './controller.ts';
import { mayEdit } from './permission.ts';
import { targetOf, wholeLines } from './target.ts';

const { t } = vscode.l10n;

/** From a code action; a key or a menu takes everything from the editor. */
export interface ReportedProblem {
  readonly range: vscode.Range;
  readonly messages: readonly string[];
}

/** Characters of another test file that show the workspace's style of tests. */
const EXAMPLE_CHARS = 3_000;
const MOST_FILES = 1_000;

export async function fix(edits: EditController, given: ReportedProblem | undefined): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const problem = given ?? problemAt(editor);
  if (!problem) {
    void showInformation(t('There is no problem at the cursor.'));
    return;
  }
  const instruction = `Fix this and change nothing else:\n${problem.messages.join('\n')}`;
  const { start } = problem.range;
  await edits.edit({ instruction, range: new vscode.Range(start, start) });
}

export async function explain(given: ReportedProblem | undefined): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const { document } = editor;
  const range = given ? new vscode.Range(given.range.start, given.range.start) : editor.selection;
  if (given || editor.selection.isEmpty) {
    const { start, end } = wholeLines(document, await targetOf(document, range));
    editor.selection = new vscode.Selection(start, end);
  }
  const problems = given ? `Explain what this means here, and why:\n${given.messages.join('\n')}` : '';
  await vscode.commands.executeCommand('pilot.ask', problems || 'Explain the selected code.');
}

export async function document(edits: EditController): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const instruction =
    'Document this: a comment in the form that the language has for documentation, on what it does, takes and returns. ' +
    'Leave the code as it is.';
  await edits.edit({ instruction, range: editor.selection });
}

/** Into the file that the workspace's conventions give; it is opened, and not saved. */
export async function writeTests(edits: EditController): Promise<void> {
  const editor = activeEditor();
  if (!editor || !(await mayEdit(editor.document, 'read'))) return;
  const source = editor.document;
  const lines = wholeLines(source, await targetOf(source, editor.selection));
  const code = source.getText(lines);
  const name = vscode.workspace.asRelativePath(source.uri, false);
  const found = await testsBeside(source.uri, name);
  const path = testFileFor(name, found);
  const folder = vscode.workspace.getWorkspaceFolder(source.uri)?.uri;
  const uri = folder
    ? vscode.Uri.joinPath(folder, path)
    : vscode.Uri.joinPath(source.uri, '..', baseName(path));
  const example = await exampleOf(folder, found, path);
  const target = await vscode.window.showTextDocument(await openOrNew(uri), { preview: false });
  const instruction = [
    `Write tests for this code of ${name}; import it from there:`,
    fenced(code, source.languageId),
    example === ''
      ? ''
      : `Write them as the tests of this workspace are written, such as:\n${fenced(example, source.languageId)}`,
  ];
  await edits.append(target, instruction.filter((part) => part !== '').join('\n\n'));
}

async function testsBeside(uri: vscode.Uri, name: string): Promise<readonly string[]> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) return [];
  const pattern = new vscode.RelativePattern(folder, testPattern(name));
  const found = await vscode.workspace.findFiles(pattern, '**/node_modules/**', MOST_FILES);
  return found.map((each) => vscode.workspace.asRelativePath(each, false)).sort();
}

async function exampleOf(
  folder: vscode.Uri | undefined,
  tests: readonly string[],
  path: string,
): Promise<string> {
  const other = tests.find((each) => each !== path && /test|spec/i.test(each));
  if (!folder || other === undefined || !vscode.workspace.isTrusted) return '';
  const uri = vscode.Uri.joinPath(folder, other);
  if (isSecretUri(uri)) return '';
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText().slice(0, EXAMPLE_CHARS);
  } catch {
    return '';
  }
}

async function openOrNew(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    await vscode.workspace.fs.stat(uri);
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return vscode.workspace.openTextDocument(uri.with({ scheme: 'untitled' }));
  }
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

function fenced(code: string, languageId: string): string {
  const fence = fenceFor(code);
  return `${fence}${languageId}\n${code.endsWith('\n') ? code : `${code}\n`}${fence}`;
}

function activeEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) void showInformation(t('Open a file and put the cursor where PILOT is to edit.'));
  return editor;
}

function problemAt({ document: { uri }, selection }: vscode.TextEditor): ReportedProblem | undefined {
  const found = vscode.languages
    .getDiagnostics(uri)
    .filter(
      ({ range, severity }) => severity <= vscode.DiagnosticSeverity.Warning && selection.intersection(range),
    );
  const [first] = found;
  return first && { range: first.range, messages: found.map(problemText) };
}
