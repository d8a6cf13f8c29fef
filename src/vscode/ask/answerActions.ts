/** The user's actions on an answer: rate it, use its code or text, or choose an action of a problem. */
import * as vscode from 'vscode';
import { findAnswer, type ContextPiece } from '../../app/ask/conversations.ts';
import type { FromWebview } from '../../protocol/ask.ts';
import { copyText, insertCode, showInNewEditor, type Proposals } from './codeActions.ts';
import type { OpenConversations } from './conversationsOpen.ts';
import type { LastEditor } from './editors.ts';

type AnswerMessage = Extract<
  FromWebview,
  { type: 'rate' | 'copyAnswer' | 'why' | 'cheaper' | 'openWhole' | 'code' | 'way' }
>;
type CodeMessage = Extract<FromWebview, { type: 'code' }>;

const ofTurn: ReadonlySet<string> = new Set(['pilot.retry', 'pilot.askAnother', 'pilot.askFree']);

export class AnswerActions {
  readonly #open: OpenConversations;
  readonly #editors: LastEditor;
  readonly #proposals: Proposals;

  constructor(open: OpenConversations, editors: LastEditor, proposals: Proposals) {
    this.#open = open;
    this.#editors = editors;
    this.#proposals = proposals;
  }

  async handle(message: AnswerMessage): Promise<void> {
    const session = this.#open.current;
    const found = findAnswer(session.conversation, message.answerId);
    if (!found) return;
    const { answer, turn } = found;
    switch (message.type) {
      case 'rate':
        session.rate(answer.id, message.rating);
        return;
      case 'copyAnswer':
        await copyText(answer.text);
        session.used(answer.id, 'copied');
        return;
      case 'why':
        if (answer.route) await vscode.commands.executeCommand('pilot.showDecision', answer.route.decisionId);
        return;
      case 'cheaper':
        await vscode.commands.executeCommand('pilot.cheaperNextTime');
        return;
      case 'openWhole':
        return showInNewEditor(answer.text, 'markdown');
      case 'code':
        return this.#code(message);
      case 'way': {
        const way = answer.notice?.ways[message.index];
        if (!way) return;
        // The card belongs to its turn, which may not be the last one.
        const own = ofTurn.has(way.command) ? [turn.id] : [];
        await vscode.commands.executeCommand(way.command, ...(way.args ?? []), ...own);
      }
    }
  }

  async #code(message: CodeMessage): Promise<void> {
    const session = this.#open.current;
    switch (message.action) {
      case 'copy':
        await copyText(message.code);
        session.used(message.answerId, 'copied');
        return;
      case 'insert':
        if (await insertCode(this.#editors, message)) session.used(message.answerId, 'inserted');
        return;
      case 'apply': {
        const applied = (): void => session.used(message.answerId, 'applied');
        await this.#proposals.propose(this.#editors, this.#contextOf(message.answerId), message, applied);
      }
    }
  }

  /** The context that the answer had, the latest first: its own turn's, then that of the earlier turns. */
  #contextOf(answerId: string): readonly ContextPiece[] {
    const { turns } = this.#open.current.conversation;
    const last = turns.findIndex(({ answers }) => answers.some(({ id }) => id === answerId));
    return turns
      .slice(0, last + 1)
      .reverse()
      .flatMap(({ context }) => context);
  }
}
