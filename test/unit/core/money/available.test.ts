import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import ts from 'typescript';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { committedOf, standingOf } from '../../../../src/core/money/available.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const amount = fc.nat(1e9).map((n) => n as NanoUsd);

describe('what is available', () => {
  it('is the limit without what is spent and what is reserved, and never below zero', () => {
    const sums = fc.record({ settled: amount, reserved: amount, heldBack: amount, raisedBy: amount });
    fc.assert(
      fc.property(sums, amount, (ledger, monthly) => {
        const { spent, reserved, available, limit = 0 } = standingOf(ledger, monthly);
        assert.equal(limit, monthly + ledger.raisedBy);
        assert.equal(spent, ledger.settled, 'bills that are known');
        assert.equal(spent + reserved, committedOf(ledger));
        assert.equal(available, Math.max(0, limit - spent - reserved));
      }),
    );
  });

  it('is unknown without a limit', () => {
    const zero = 0 as NanoUsd;
    const { limit, available } = standingOf(
      { settled: zero, reserved: zero, heldBack: zero, raisedBy: zero },
      undefined,
    );
    assert.deepEqual([limit, available], [undefined, undefined]);
  });

  it('is computed in one place: nothing else subtracts from a limit', () => {
    const found = globSync('{src,media}/**/*.ts', { cwd: root }).flatMap((file) =>
      subtractions(readFileSync(path.join(root, file), 'utf8')).map((line) => `${file}: ${line}`),
    );
    assert.deepEqual(
      found.filter((line) => !line.startsWith(path.join('src', 'core', 'money', 'available.ts'))),
      [],
    );
  });

  it('is looked for in every form such a subtraction takes', () => {
    for (const code of [
      'limit - spent',
      'Math.max(0, money.limit - money.committed)',
      '(monthly ?? 0) + raisedBy - settled',
      'left(limit as NanoUsd, used)',
      '(limits.monthly! + raised) - used',
    ]) assert.equal(subtractions(code).length, 1, code); // prettier-ignore
    for (const code of ['characterLimit - 1', 'LIMIT_MS - waited', 'until - limit', 'a - b'])
      assert.deepEqual(subtractions(code), [], code);
  });
});

const MONEY_LIMIT = /^(limit|monthly|monthlyLimit|monthlyUsd|workspaceLimit|inlineLimit|raisedLimit)$/u;

/** Differences whose first side is a limit of money or a sum with one. */
function subtractions(code: string): readonly string[] {
  const source = ts.createSourceFile('x.ts', code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isDifference = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.MinusToken;
    const isLeft = ts.isCallExpression(node) && node.expression.getText() === 'left';
    const whole = isDifference ? node.left : isLeft ? node.arguments[0] : undefined;
    if (whole && isLimit(whole)) found.push(node.getText());
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isLimit(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return MONEY_LIMIT.test(node.text);
  if (ts.isPropertyAccessExpression(node)) return MONEY_LIMIT.test(node.name.text);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
    return isLimit(node.expression);
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.QuestionQuestionToken) return isLimit(node.left);
  const isSum = kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.MinusToken;
  return isSum && (isLimit(node.left) || (kind === ts.SyntaxKind.PlusToken && isLimit(node.right)));
}
