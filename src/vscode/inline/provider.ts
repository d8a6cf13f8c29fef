/**
 * VS Code's entry to the use case. It has only the one stable method: any proposed name on this object (shown,
 * partially accepted, end of lifetime) makes VS Code throw at registration.
 */
import * as vscode from 'vscode';
import type { InlineCompleter } from '../../app/inline/completer.ts';
import type { OutcomeTracker } from '../../app/inline/outcomeTracker.ts';
import type { Suggestion } from '../../app/inline/suggestion.ts';
import type { Log } from '../../app/ports/environment.ts';
import { requestAt } from './documentView.ts';
import { signalOf } from '../kit/cancellation.ts';

/** VS Code runs it after it has inserted a suggestion; its argument identifies the suggestion. */
export const ACCEPTED_COMMAND = 'pilot.inline.accepted';

export interface ProviderDeps {
  readonly completer: InlineCompleter;
  readonly tracker: OutcomeTracker;
  readonly log: Log;
  readonly onShown: () => void;
}

export class InlineProvider implements vscode.InlineCompletionItemProvider {
  readonly #deps: ProviderDeps;

  constructor(deps: ProviderDeps) {
    this.#deps = deps;
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const { version } = document;
    try {
      const request = requestAt(document, position, context);
      const { suggestions } = await this.#deps.completer.complete(request, signalOf(token));
      // Text for another state of the document would be shown in the wrong place.
      if (token.isCancellationRequested || document.isClosed || document.version !== version) return [];
      this.#follow(document, position, suggestions);
      return suggestions.map((each) => toItem(each, position, context));
    } catch (error) {
      this.#deps.log.error('An inline completion failed', error);
      return [];
    }
  }

  /** The first suggestion is assumed to be on the screen, since VS Code does not report it. */
  #follow(
    document: vscode.TextDocument,
    position: vscode.Position,
    suggestions: readonly Suggestion[],
  ): void {
    const [first, ...others] = suggestions;
    if (first === undefined) return;
    const documentId = document.uri.toString();
    this.#deps.tracker.shown(documentId, document.offsetAt(position), first);
    for (const { offer } of others) this.#deps.tracker.offered(documentId, offer);
    this.#deps.onShown();
  }
}

function toItem(
  { offer, text, covers }: Suggestion,
  position: vscode.Position,
  { selectedCompletionInfo: info }: vscode.InlineCompletionContext,
): vscode.InlineCompletionItem {
  const end = position.translate(0, covers);
  const range =
    info === undefined
      ? new vscode.Range(position, end)
      : new vscode.Range(info.range.start, end.isAfter(info.range.end) ? end : info.range.end);
  const command = { command: ACCEPTED_COMMAND, title: '', arguments: [offer.decisionId] };
  return new vscode.InlineCompletionItem((info?.text ?? '') + text, range, command);
}
