import type * as vscode from 'vscode';

/** VS Code's way to say stop, as the way the endpoints' sockets listen to. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  else token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
