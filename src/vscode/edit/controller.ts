/** Edits in place in VS Code: from the key to the last accepted or rejected hunk. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Choice } from '../../app/call/routing.ts';
import type { EditPlace } from '../../app/edit/answer.ts';
import { MOST_EDITED_CHARS, editMessages, editView } from '../../app/edit/prompt.ts';
import { EditSession, type EditEnd, type EditSubject } from '../../app/edit/session.ts';
import type { ArmId } from '../../core/brand.ts';
import type { ReviewHunk } from '../../core/edit/review.ts';
import type { Stretch } from '../../core/inline/survival.ts';
import { pickAnother } from '../ask/dialogs.ts';
import { shownName } from '../kit/armName.ts';
import { locale } from '../kit/locale.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { EditDecorations } from './decorations.ts';
import type { EditDeps } from './deps.ts';
import { EditorDocument } from './document.ts';
import { askInstruction, type PriceOf } from './input.ts';
import { EditLenses } from './lenses.ts';
import { mayEdit } from './permission.ts';
import { stretchOf, targetOf, type LineRange } from './target.ts';
import { tellEnd } from './words.ts';

const { t } = vscode.l10n;

/** The arguments of a code action or of a user's own key; missing ones are asked for, or taken from the editor. */
export interface EditRequest {
  readonly instruction?: string;
  readonly range?: vscode.Range;
}

interface OpenEdit {
  readonly session: EditSession;
  readonly document: EditorDocument;
}

/** The most edits followed at once: a decided one until the check of its remaining text after five minutes. */
const MOST_FOLLOWED = 100;
const FOLLOWED_MS = 310_000;

export class EditController implements vscode.Disposable {
  readonly #deps: EditDeps;
  /** From the oldest to the latest; the latest of a document counts. */
  #edits: readonly OpenEdit[] = [];
  readonly #decorations = new EditDecorations();
  readonly #lenses = new EditLenses((document) => this.#latest(document)?.session);
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(deps: EditDeps) {
    this.#deps = deps;
    this.#subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => {
        for (const { document } of this.#edits)
          if (document.document === event.document) document.changed(event);
      }),
      vscode.workspace.onDidCloseTextDocument((closed) => this.#closed(closed)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#show()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#show()),
    ];
  }

  async edit({ instruction, range }: EditRequest): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
      void showInformation(t('Open a file and put the cursor where PILOT is to edit.'));
      return;
    }
    const { document } = editor;
    const open = this.#open(document);
    const selection = range ?? editor.selection;
    if (open) return this.#alreadyOpen(open, selection, instruction);
    if (!(await mayEdit(document))) return;
    const lines = await targetOf(document, selection);
    const stretch = stretchOf(document, lines);
    if (stretch.end - stretch.start > MOST_EDITED_CHARS) {
      const most = MOST_EDITED_CHARS.toLocaleString(locale());
      void showWarning(t('Select fewer lines. The limit of an edit in characters is {0}.', most));
      return;
    }
    const text = document.getText().slice(stretch.start, stretch.end);
    const place = { ...{ file: document.getText(), region: stretch }, ...subjectOf(document) };
    const asked = await this.#instruction(editor, lines, instruction, place);
    if (!asked) return;
    const now = movedTo(document, stretch, text);
    if (!now) {
      void showWarning(t('The lines have changed since. Select them again.'));
      return;
    }
    await this.#begin(editor, now, asked.instruction, asked.choice);
  }

  /** New lines at the end of the editor's document. */
  async append(editor: vscode.TextEditor, instruction: string): Promise<void> {
    const { document } = editor;
    const open = this.#open(document);
    if (open) return this.#alreadyOpen(open, editor.selection, instruction);
    const text = document.getText();
    const end = text.length;
    // A last line without a line end is written again with the following text.
    const start = text.endsWith('\n') ? end : text.lastIndexOf('\n') + 1;
    await this.#begin(editor, { start, end }, instruction, { type: 'auto' });
  }

  accept(uri: vscode.Uri | undefined, hunk: number | 'all' | undefined): void {
    const edit = this.#of(uri);
    edit?.session.accept(wanted(edit, hunk));
  }

  async reject(uri: vscode.Uri | undefined, hunk: number | 'all' | undefined): Promise<void> {
    const edit = this.#of(uri);
    const left = (await edit?.session.reject(wanted(edit, hunk))) ?? 0;
    if (left === 0) return;
    void showWarning(
      left === 1
        ? t('You have changed these lines yourself, so they stay. Undo your change first, or edit them.')
        : t('You have changed {0} of these places yourself, so they stay.', left),
    );
  }

  async followUp(uri: vscode.Uri | undefined): Promise<void> {
    const edit = this.#of(uri);
    if (edit?.session.state !== 'reviewing') return;
    const title = t('Follow Up on {0}', nameOf(edit.document.document));
    const { document } = edit.document;
    const place = { file: document.getText(), region: edit.session.region, ...subjectOf(document) };
    const priceOf = this.#priceOf(place);
    const asked = await askInstruction(this.#deps.engine, title, t('What else should change?'), priceOf);
    if (asked) await this.#run(edit, (session) => session.ask(asked.instruction, asked.choice));
  }

  async retry(uri: vscode.Uri | undefined, armId?: string): Promise<void> {
    const edit = this.#of(uri);
    if (!edit || edit.session.state === 'asking') return;
    const choice: Choice = armId === undefined ? { type: 'auto' } : { type: 'arm', armId: armId as ArmId };
    await this.#run(edit, (session) => session.askAgain(choice));
  }

  async another(uri: vscode.Uri | undefined): Promise<void> {
    const edit = this.#of(uri);
    if (!edit || edit.session.state === 'asking') return;
    const tried = edit.session.routed ? [edit.session.routed.arm.id] : [];
    const choice = await pickAnother(this.#deps.engine.arms(), tried);
    if (choice) await this.#run(edit, (session) => session.askAgain(choice));
  }

  stop(uri: vscode.Uri | undefined): void {
    this.#of(uri)?.session.stop();
  }

  dispose(): void {
    for (const { session } of this.#edits) session.close();
    vscode.Disposable.from(...this.#subscriptions, this.#lenses, this.#decorations).dispose();
  }

  async #instruction(
    editor: vscode.TextEditor,
    { first, last }: LineRange,
    instruction: string | undefined,
    place: EditPlace,
  ): Promise<{ instruction: string; choice: Choice } | undefined> {
    if (instruction !== undefined) return { instruction, choice: { type: 'auto' } };
    const name = nameOf(editor.document);
    const title =
      first === last
        ? t('Edit line {0} of {1}', first + 1, name)
        : t('Edit lines {0} to {1} of {2}', first + 1, last + 1, name);
    this.#decorations.mark(editor, editor.document.validateRange(new vscode.Range(first, 0, last, 1e6)));
    try {
      const priceOf = this.#priceOf(place);
      return await askInstruction(this.#deps.engine, title, t('What should change?'), priceOf);
    } finally {
      this.#decorations.mark(editor, undefined);
    }
  }

  #priceOf(place: EditPlace): PriceOf {
    return (instruction, choice) => {
      const messages = editMessages(place, instruction, []);
      const view = editView(place, instruction, messages, 0);
      const request = { messages, view, choice, rewrites: true, conversationId: 'none' };
      return this.#deps.engine.preview(request);
    };
  }

  async #begin(
    editor: vscode.TextEditor,
    region: Stretch,
    instruction: string,
    choice: Choice,
  ): Promise<void> {
    const document = new EditorDocument(editor.document);
    const { log, clock, engine, learning } = this.#deps;
    const after = (ms: number, action: () => void): { dispose(): void } => {
      const timer = setTimeout(action, ms).unref();
      return { dispose: () => clearTimeout(timer) };
    };
    const deps = { engine, learning, log, timers: { after }, newId: randomUUID, now: () => clock.now() };
    const subject = { region, ...subjectOf(editor.document) };
    const session = new EditSession(deps, document, subject, () => {
      if (session.state === 'over') this.#retireLater(session);
      this.#show();
    });
    document.follow((changes, isUndo) => session.changed(changes, isUndo));
    this.#edits = [...this.#edits, { session, document }].slice(-MOST_FOLLOWED);
    // A selection that grows with the answer would hide it.
    const start = editor.document.positionAt(region.start);
    if (!editor.selection.isEmpty) editor.selection = new vscode.Selection(start, start);
    await this.#run({ session, document }, (edit) => edit.ask(instruction, choice));
  }

  async #run(
    { session, document }: OpenEdit,
    ask: (session: EditSession) => Promise<EditEnd>,
  ): Promise<void> {
    const end = await ask(session);
    const label = session.routed ? shownName(session.routed.arm) : '';
    await tellEnd({ end, label, uri: document.document.uri, words: this.#deps.words });
  }

  /** Within the lines of a pending edit, the key asks for a follow-up. */
  async #alreadyOpen(edit: OpenEdit, range: vscode.Range, instruction: string | undefined): Promise<void> {
    const { session, document } = edit;
    const at = document.document.offsetAt(range.start);
    const isInside = session.region.start <= at && at <= session.region.end;
    if (session.state === 'reviewing' && isInside && instruction === undefined)
      return this.followUp(document.document.uri);
    const [accept, reject, stop] = [t('Accept All'), t('Reject All'), t('Stop')];
    if (session.state === 'asking') {
      if ((await showInformation(t('An edit of this file is under way.'), stop)) === stop) session.stop();
      return;
    }
    const question = t('Accept or reject the changes in this file first.');
    const picked = await showInformation(question, accept, reject);
    if (picked === accept) this.accept(document.document.uri, 'all');
    if (picked === reject) await this.reject(document.document.uri, 'all');
  }

  /** After the last check at five minutes, typing need not be followed. */
  #retireLater(session: EditSession): void {
    setTimeout(() => {
      if (session.state !== 'over') return;
      this.#edits = this.#edits.filter((edit) => edit.session !== session);
    }, FOLLOWED_MS).unref();
  }

  #latest(document: vscode.TextDocument): OpenEdit | undefined {
    return this.#edits.findLast((edit) => edit.document.document === document);
  }

  #open(document: vscode.TextDocument): OpenEdit | undefined {
    const latest = this.#latest(document);
    return latest?.session.state === 'over' ? undefined : latest;
  }

  #of(uri: vscode.Uri | undefined): OpenEdit | undefined {
    const wantedUri = uri ?? vscode.window.activeTextEditor?.document.uri;
    return this.#edits.findLast(({ document }) => document.document.uri.toString() === wantedUri?.toString());
  }

  #closed(closed: vscode.TextDocument): void {
    for (const { session, document } of this.#edits) if (document.document === closed) session.close();
    this.#edits = this.#edits.filter(({ document }) => document.document !== closed);
    this.#show();
  }

  #show(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      this.#decorations.show(editor, this.#latest(editor.document)?.session);
    }
    this.#lenses.refresh();
    const active = vscode.window.activeTextEditor;
    const state = active && this.#latest(active.document)?.session.state;
    void vscode.commands.executeCommand('setContext', 'pilot.edit.state', state ?? 'over');
  }
}

const subjectOf = (document: vscode.TextDocument): Omit<EditSubject, 'region'> => ({
  fileName: nameOf(document),
  languageId: document.languageId,
});

const nameOf = (document: vscode.TextDocument): string =>
  vscode.workspace.asRelativePath(document.uri, false);

/** A lens names its hunk; a key means the one at the cursor, or the first. */
function wanted(
  edit: OpenEdit | undefined,
  hunk: number | 'all' | undefined,
): ((hunk: ReviewHunk) => boolean) | undefined {
  if (hunk === 'all' || !edit) return undefined;
  if (hunk !== undefined) return ({ id }) => id === hunk;
  const pending = edit.session.hunks.filter(({ state }) => state === 'pending');
  const editor = vscode.window.activeTextEditor;
  const { document } = edit.document;
  const line = editor?.document === document ? editor.selection.active.line : 0;
  const distance = ({ at }: ReviewHunk): number => {
    const [first, last] = [
      document.positionAt(at.start).line,
      document.positionAt(Math.max(at.start, at.end - 1)).line,
    ];
    return Math.max(first - line, line - last, 0);
  };
  const nearest = [...pending].sort((a, b) => distance(a) - distance(b))[0];
  return ({ id }) => id === nearest?.id;
}

/**
 * The lines may have moved while the user typed the instruction; changed lines are no longer the ones that were meant.
 */
function movedTo(document: vscode.TextDocument, stretch: Stretch, text: string): Stretch | undefined {
  const now = document.getText();
  if (now.slice(stretch.start, stretch.end) === text) return stretch;
  const start = now.indexOf(text);
  const isOnly = text !== '' && start >= 0 && now.indexOf(text, start + 1) < 0;
  return isOnly && (start === 0 || now[start - 1] === '\n') ? { start, end: start + text.length } : undefined;
}
