/** Finds the strings of `vscode.l10n.t(...)` in the sources, also under the name `t`. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface SourceStrings {
  /** By VS Code's look-up key: the English text, followed by its comment if there is one. */
  readonly strings: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

export function sourceStrings(folder: string): SourceStrings {
  const strings: Record<string, string> = {};
  const faults: string[] = [];
  for (const file of globSync('**/*.ts', { cwd: folder }).sort()) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    if (!text.includes('l10n')) continue;
    const found = stringsOf(file, text);
    Object.assign(strings, found.strings);
    faults.push(...found.faults);
  }
  return { strings, faults };
}

export function stringsOf(file: string, text: string): SourceStrings {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const strings: Record<string, string> = {};
  const faults: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      const found = node.arguments[0] && message(node.arguments[0]);
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (found === undefined) faults.push(`${file}:${line}: l10n.t needs its text written out`);
      else strings[found.key] = found.text;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { strings, faults };
}

/** Whether the called function is `vscode.l10n.t`, `l10n.t`, or the file's alias `t`. */
function isTranslation(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return called.text === 't';
  if (!ts.isPropertyAccessExpression(called) || called.name.text !== 't') return false;
  const of = called.expression;
  return ts.isPropertyAccessExpression(of)
    ? of.name.text === 'l10n'
    : ts.isIdentifier(of) && of.text === 'l10n';
}

/** `'text'`, or `{ message: 'text', args, comment: 'for translators' }`. */
function message(node: ts.Expression): { readonly key: string; readonly text: string } | undefined {
  if (!ts.isObjectLiteralExpression(node)) {
    const text = literal(node);
    return text === undefined ? undefined : { key: text, text };
  }
  const member = (name: string): string | undefined => {
    const found = node.properties.find((property) => property.name?.getText() === name);
    return found && ts.isPropertyAssignment(found) ? literal(found.initializer) : undefined;
  };
  const [text, comment] = [member('message'), member('comment')];
  return text === undefined || comment === undefined ? undefined : { key: `${text}/${comment}`, text };
}

/** A string literal, or several joined with `+`. */
function literal(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [literal(node.left), literal(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
