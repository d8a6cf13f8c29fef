/** Reports a failed answer to VS Code's Chat: one clear sentence, with the error code that callers check. */
import * as vscode from 'vscode';
import type { ChatEnd } from '../../app/chat/answer.ts';
import type { Problem } from '../../app/call/problem.ts';
import { messageOf } from '../words/messages.ts';

export const badToolCallText = ({ route, tool }: Extract<ChatEnd, { kind: 'bad-tool-call' }>): string =>
  vscode.l10n.t('{0} asked for the tool {1} with arguments that cannot be read.', route.arm.label, tool);

export function chatError(problem: Problem): Error {
  const { text } = messageOf(problem);
  switch (problem.kind) {
    case 'no-models':
      return vscode.LanguageModelError.NotFound(text);
    case 'no-limit':
    case 'limit-reached':
    case 'ledger-unavailable':
    case 'ledger-unconfirmed':
      return vscode.LanguageModelError.Blocked(text);
    case 'provider':
      return providerError(problem.error.kind, text);
    case 'ledger-busy':
    case 'too-long':
    case 'none-usable':
    case 'nothing-better':
    case 'chosen-unusable':
    case 'internal':
      return new Error(text);
  }
}

function providerError(kind: Extract<Problem, { kind: 'provider' }>['error']['kind'], text: string): Error {
  switch (kind) {
    case 'model-gone':
      return vscode.LanguageModelError.NotFound(text);
    case 'no-key':
    case 'wrong-key':
    case 'forbidden':
      return vscode.LanguageModelError.NoPermissions(text);
    case 'no-credit':
    case 'cannot-afford':
    case 'rate-limited':
      return vscode.LanguageModelError.Blocked(text);
    default:
      return new Error(text);
  }
}
