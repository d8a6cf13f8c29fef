/** Actions on an answer's code: copy, insert at the cursor, apply through VS Code's diff view. */
import * as vscode from 'vscode';
import { elidedLines } from '../../app/ask/elisions.ts';
import { isPatch } from '../../app/ask/patches.ts';
import { placeCode } from '../../app/ask/placeCode.ts';
import type { Refusal } from '../../app/ask/placeCode.ts';
import type { ContextPiece } from '../../app/ask/conversations.ts';
import type { LastEditor } from './editors.ts';
import { ReviewBar } from './reviewBar.ts';
import { showInformation, showWarning } from '../kit/notify.ts';

const { t } = vscode.l10n;
const scheme = 'pilot-proposed';

export interface Code {
  readonly language: string;
  readonly code: string;
}

export const copyText = (text: string): Thenable<void> => vscode.env.clipboard.writeText(text);

/** Resolves to true when the code is in a document: at the cursor, or in a new one where no editor is open. */
export async function insertCode(editors: LastEditor, { code, language }: Code): Promise<boolean> {
  const editor = await editors.reveal();
  if (!editor) {
    await showInNewEditor(code, language);
    return true;
  }
  const { document, selection } = editor;
  if (document.languageId !== 'diff' && isPatch(language, code, document.getText())) {
    void showWarning(t('This is a diff. Apply it to change the file.'));
    return false;
  }
  const selected = document.getText(selection).split(/\r?\n/);
  if (!selection.isEmpty && elidedLines(code.split(/\r?\n/), selected).size > 0) {
    void showWarning(
      t('The code leaves out parts of {0}. Ask for it without omissions to apply it.', nameOf(document)),
    );
    return false;
  }
  const done = await editor.edit((edit) => edit.replace(selection, code.replace(/\n$/, '')));
  if (!done) void showWarning(t('The code could not be inserted: the file is read-only.'));
  return done;
}

/** Fences use various names of languages; an unknown name must not prevent the document from opening. */
export async function showInNewEditor(content: string, language: string): Promise<void> {
  const known = (await vscode.languages.getLanguages()).includes(language);
  const document = await vscode.workspace.openTextDocument(known ? { content, language } : { content });
  await vscode.window.showTextDocument(document);
}

interface Proposal {
  readonly target: vscode.Uri;
  /** The target's version at the time of the proposal: a later change makes the proposal stale. */
  readonly version: number;
  readonly text: string;
  readonly onAccepted: () => void;
}

/** Proposed changes under review: each is the right side of a diff whose left side is the file. */
export class Proposals implements vscode.Disposable {
  readonly #open = new Map<string, Proposal>();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #bar = new ReviewBar(() => this.#open.has(activeProposal()?.toString() ?? ''));
  #next = 1;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.#open.get(uri.toString())?.text ?? '',
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) {
          if (tab.input instanceof vscode.TabInputTextDiff) this.#open.delete(tab.input.modified.toString());
        }
      }),
    ];
  }

  /** Shows the change in the file to which the code belongs: one of `context` (latest first), or the active file. */
  async propose(
    editors: LastEditor,
    context: readonly ContextPiece[],
    { code, language }: Code,
    onAccepted: () => void,
  ): Promise<void> {
    const target = (await targetOf(context)) ?? editors.current?.document;
    if (!target) return showInNewEditor(code, language);
    const cursor =
      editors.current?.document === target ? target.offsetAt(editors.current.selection.active) : 0;
    const selectedText = context.find(({ kind }) => kind === 'selection')?.text;
    const { languageId } = target;
    const hints = { selectedText, cursor, languageId, fileName: target.uri.path };
    const placed = placeCode(target.getText(), language, code, hints);
    if (placed.how === 'refused') {
      void showWarning(refusal(placed, nameOf(target)));
      return;
    }
    if (placed.text === target.getText()) {
      void showInformation(t('{0} already has this code.', nameOf(target)));
      return;
    }
    const proposed = vscode.Uri.from({ scheme, path: target.uri.path, query: String(this.#next++) });
    this.#open.set(proposed.toString(), {
      target: target.uri,
      version: target.version,
      text: placed.text,
      onAccepted,
    });
    await vscode.commands.executeCommand(
      'vscode.diff',
      target.uri,
      proposed,
      t('{0}: proposed change', nameOf(target)),
    );
    this.#bar.show();
  }

  /**
   * The buttons of the diff editor's title pass the proposed side; a key passes nothing, and the active diff counts.
   */
  async accept(uri: vscode.Uri | undefined): Promise<void> {
    const key = uri ?? activeProposal();
    const proposal = key && this.#open.get(key.toString());
    if (!key || !proposal) return;
    if (await applyProposal(proposal)) {
      proposal.onAccepted();
      await this.discard(key);
      await vscode.window.showTextDocument(proposal.target);
    }
  }

  async discard(uri: vscode.Uri | undefined): Promise<void> {
    const key = uri ?? activeProposal();
    if (!key) return;
    this.#open.delete(key.toString());
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const ours = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === key.toString(),
    );
    if (ours.length > 0) await vscode.window.tabGroups.close(ours);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#bar.dispose();
    this.#open.clear();
  }
}

const refusal = ({ why }: Refusal, name: string): string =>
  why === 'patch'
    ? t('The diff does not fit {0}: the lines it changes are not there, or there more than once.', name)
    : t('The code leaves out parts of {0}. Ask for it without omissions to apply it.', name);

const nameOf = (document: vscode.TextDocument): string =>
  vscode.workspace.asRelativePath(document.uri, false);

function activeProposal(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme
    ? input.modified
    : undefined;
}

/** The file of the question: `selection:<uri>:1-2` or `file:<uri>`, the selection before files. */
async function targetOf(context: readonly ContextPiece[]): Promise<vscode.TextDocument | undefined> {
  const piece =
    context.find(({ kind }) => kind === 'selection') ??
    onlyOne(context.filter(({ kind }) => kind === 'file'));
  const address = piece && /^(?:selection:(.*):\d+-\d+|file:(.*))$/.exec(piece.source);
  const uri = address?.[1] ?? address?.[2];
  if (uri === undefined) return undefined;
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true)).then(undefined, () => undefined);
}

const onlyOne = <T>(items: readonly T[]): T | undefined => (items.length === 1 ? items[0] : undefined);

async function applyProposal({ target, version, text }: Proposal): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(target);
  if (document.version !== version) {
    void showWarning(t('The file has changed. Apply the code again to see the new diff.'));
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(target, new vscode.Range(new vscode.Position(0, 0), end), text);
  const done = await vscode.workspace.applyEdit(edit);
  if (!done) void showWarning(t('The change could not be applied: the file is read-only.'));
  return done;
}
