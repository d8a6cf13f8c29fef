/** The user's actions on an answer: rate it, use its code or text, or choose an action of a problem. */
import * as vscode from 'vscode';
import { findAnswer, type ContextPiece } from '../../app/ask/conversations.ts';
import type { FromWebview } from '../../protocol/ask.ts';
import type { MessageHandlers } from '../kit/webviewPanel.ts';
import { copyText, insertCode, showInNewEditor, type Proposals } from './codeActions.ts';
import type { OpenConversations } from './conversationsOpen.ts';
import type { LastEditor } from './editors.ts';

type AnswerHandlers = Pick<
  MessageHandlers<FromWebview>,
  'rate' | 'copyAnswer' | 'why' | 'cheaper' | 'openWhole' | 'code' | 'way'
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

  handlers(): AnswerHandlers {
    return {
      rate: ({ answerId, rating }) => {
        if (this.#found(answerId)) this.#open.current.rate(answerId, rating);
      },
      copyAnswer: async ({ answerId }) => {
        const found = this.#found(answerId);
        if (!found) return;
        // The answer's conversation: another may be opened before the clipboard has the text.
        const session = this.#open.current;
        await copyText(found.answer.text);
        session.used(answerId, 'copied');
      },
      why: async ({ answerId }) => {
        const route = this.#found(answerId)?.answer.route;
        if (route) await vscode.commands.executeCommand('pilot.showDecision', route.decisionId);
      },
      cheaper: async ({ answerId }) => {
        if (this.#found(answerId)) await vscode.commands.executeCommand('pilot.cheaperNextTime');
      },
      openWhole: async ({ answerId }) => {
        const found = this.#found(answerId);
        if (found) await showInNewEditor(found.answer.text, 'markdown');
      },
      code: async (message) => {
        if (this.#found(message.answerId)) await this.#code(message);
      },
      way: async ({ answerId, index }) => {
        const found = this.#found(answerId);
        const way = found?.answer.notice?.ways[index];
        if (!way) return;
        // The card belongs to its turn, which may not be the last one.
        const own = ofTurn.has(way.command) ? [found.turn.id] : [];
        await vscode.commands.executeCommand(way.command, ...(way.args ?? []), ...own);
      },
    };
  }

  #found(answerId: string): ReturnType<typeof findAnswer> {
    return findAnswer(this.#open.current.conversation, answerId);
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
