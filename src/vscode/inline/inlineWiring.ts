/** Loads inline completions right after activation, since the first keystroke comes later. */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import type { Problem } from '../../app/call/problem.ts';
import { showProblem } from '../words/attention.ts';
import type { InlineHostDeps } from './index.ts';

export function registerInlineSoon(log: Log, deps: () => InlineHostDeps): vscode.Disposable {
  let registered: vscode.Disposable | undefined;
  let disposed = false;
  const timer = setTimeout(() => {
    import('./index.ts').then(
      ({ registerInline }) => {
        if (!disposed) registered = registerInline(deps());
      },
      (error: unknown) => log.error('Inline completions could not be loaded', error),
    );
  }, 0);
  return new vscode.Disposable(() => {
    disposed = true;
    clearTimeout(timer);
    registered?.dispose();
  });
}

/**
 * Shows a problem that only the user can solve once for each kind and session, and logs all others, since the user is
 * typing.
 */
export function inlineProblems(log: Log): (problem: Problem) => void {
  const told = new Set<string>();
  return (problem) => {
    const kind =
      problem.kind === 'provider' ? `${problem.kind} ${problem.error.kind} ${problem.arm.id}` : problem.kind;
    log.info(`Inline: ${kind}`);
    if (!isForTheUser(problem) || told.has(kind)) return;
    told.add(kind);
    void showProblem(problem);
  };
}

/** Lasts until a key, an account or a setting changes. */
const OF_SETTINGS: ReadonlySet<string> = new Set([
  'wrong-key',
  'no-credit',
  'cannot-afford',
  'forbidden',
  'model-gone',
  'wrong-address',
  'effort-refused',
  'no-responses',
]);

function isForTheUser(problem: Problem): boolean {
  if (problem.kind === 'provider') return OF_SETTINGS.has(problem.error.kind);
  return (
    problem.kind === 'ledger-unavailable' ||
    problem.kind === 'ledger-unconfirmed' ||
    problem.kind === 'internal'
  );
}

/** '' = no endpoint. */
export const hostOf = (baseUrl: string | undefined): string =>
  baseUrl === undefined ? '' : new URL(baseUrl).host;

/** Messages has no address for text completions: such an endpoint completes code by a chat prompt. */
export const hasCompletions = (endpoint: Endpoint | undefined): boolean =>
  endpoint?.protocol === 'auto' ? endpoint.preset !== 'anthropic' : endpoint?.protocol !== 'messages';
