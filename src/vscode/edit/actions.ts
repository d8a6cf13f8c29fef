/** The lightbulb: fixing and explaining a problem, and actions on selected code. Nothing else is loaded for it. */
import * as vscode from 'vscode';

const { t } = vscode.l10n;

const kinds = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];

export const registerCodeActions = (): vscode.Disposable =>
  vscode.languages.registerCodeActionsProvider(
    { pattern: '**' },
    { provideCodeActions },
    { providedCodeActionKinds: kinds },
  );

function provideCodeActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  { diagnostics, only, triggerKind }: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const wants = (kind: vscode.CodeActionKind): boolean => only?.contains(kind) ?? true;
  // VS Code asks while the cursor moves; an action for every line would show the lightbulb everywhere.
  const isMeant = !range.isEmpty || triggerKind === vscode.CodeActionTriggerKind.Invoke;
  return [
    ...(wants(vscode.CodeActionKind.QuickFix) ? onProblems(document, diagnostics) : []),
    ...(wants(vscode.CodeActionKind.RefactorRewrite) && isMeant ? onCode() : []),
  ];
}

function onProblems(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const told = diagnostics.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
  const [first] = told;
  if (!first) return [];
  const make = (title: string, command: string): vscode.CodeAction => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { command, title, arguments: [document.uri, first.range, told.map(problemText)] };
    action.diagnostics = [...told];
    return action;
  };
  return [make(t('Fix with PILOT'), 'pilot.fix'), make(t('Explain with PILOT'), 'pilot.explain')];
}

function onCode(): vscode.CodeAction[] {
  const make = (title: string, command: string): vscode.CodeAction => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
    action.command = { command, title };
    return action;
  };
  return [
    make(t('Edit with PILOT…'), 'pilot.editInPlace'),
    make(t('Document with PILOT'), 'pilot.document'),
    make(t('Write Tests with PILOT'), 'pilot.writeTests'),
  ];
}

/** For the model, in its language. */
export function problemText({ range, message, severity, source }: vscode.Diagnostic): string {
  const kind = severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning';
  return `line ${range.start.line + 1}, ${kind}${source === undefined ? '' : ` of ${source}`}: ${message}`;
}
