/** The row above an edit and above each of its hunks, with their actions for the mouse. */
import * as vscode from 'vscode';
import type { EditSession } from '../../app/edit/session.ts';
import { cost } from '../kit/format.ts';
import { shownName } from '../kit/armName.ts';

const { t } = vscode.l10n;

export class EditLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #sessionOf: (document: vscode.TextDocument) => EditSession | undefined;
  readonly #registered: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(sessionOf: (document: vscode.TextDocument) => EditSession | undefined) {
    this.#sessionOf = sessionOf;
    this.#registered = vscode.languages.registerCodeLensProvider('*', this);
  }

  refresh(): void {
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const session = this.#sessionOf(document);
    if (session?.state === 'asking') return [...running(document, session)];
    if (session?.state !== 'reviewing') return [];
    return [...overAll(document, session), ...overHunks(document, session)];
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }
}

const lensAt = (
  document: vscode.TextDocument,
  offset: number,
  title: string,
  command: string,
  ...args: readonly unknown[]
): vscode.CodeLens => {
  const at = document.positionAt(offset).with({ character: 0 });
  return new vscode.CodeLens(new vscode.Range(at, at), { title, command, arguments: [...args] });
};

function running(document: vscode.TextDocument, { region, routed }: EditSession): readonly vscode.CodeLens[] {
  const title = routed ? t('{0} is editing…', shownName(routed.arm)) : t('PILOT is choosing a model…');
  return [
    lensAt(document, region.start, `$(loading~spin) ${title}`, ''),
    lensAt(document, region.start, t('Stop'), 'pilot.edit.stop', document.uri),
  ];
}

function overAll(document: vscode.TextDocument, session: EditSession): readonly vscode.CodeLens[] {
  const { region, routed, hunks } = session;
  const first = hunks.find(({ state }) => state === 'pending');
  const start = Math.min(region.start, first?.at.start ?? region.start);
  const lens = (title: string, command: string): vscode.CodeLens =>
    lensAt(document, start, title, command, document.uri);
  const price = session.cost && cost(session.cost.costNano);
  const title = [routed && shownName(routed.arm), price].filter((part) => part !== undefined).join(' · ');
  return [
    lens(`$(check-all) ${t('Accept All')}`, 'pilot.edit.acceptAll'),
    lens(`$(discard) ${t('Reject All')}`, 'pilot.edit.rejectAll'),
    lens(t('Follow Up…'), 'pilot.edit.followUp'),
    lens(t('Retry'), 'pilot.edit.retry'),
    lens(t('Another Model…'), 'pilot.edit.another'),
    ...(routed ? [lensAt(document, start, title, 'pilot.showDecision', routed.decision.id)] : []),
  ];
}

function overHunks(document: vscode.TextDocument, { hunks }: EditSession): readonly vscode.CodeLens[] {
  const pending = hunks.filter(({ state }) => state === 'pending');
  // For a single hunk, the row above all accepts and rejects it.
  if (pending.length < 2) return [];
  return pending.flatMap(({ id, at }) => [
    lensAt(document, at.start, `$(check) ${t('Accept')}`, 'pilot.edit.accept', document.uri, id),
    lensAt(document, at.start, `$(discard) ${t('Reject')}`, 'pilot.edit.reject', document.uri, id),
  ]);
}
