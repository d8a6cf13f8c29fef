/**
 * One request of VS Code's Chat to a model of PILOT. Agent mode sends dozens in a row; each has its own reservation.
 */
import * as vscode from 'vscode';
import type { OpaqueMemory } from '../../app/chat/opaqueMemory.ts';
import type { ChatTurn } from '../../app/chat/messages.ts';
import type { ConversationIds } from '../../app/chat/conversationIds.ts';
import { answerChat } from '../../app/chat/answer.ts';
import { choiceOf } from '../../app/chat/offer.ts';
import { endsAtCallersCap, orderOfTurns, outputCapOf } from '../../app/chat/order.ts';
import { signalOf } from '../kit/cancellation.ts';
import { toToolDefinitions, toTurn } from './convert.ts';
import type { ChatDeps } from './deps.ts';
import { showInformation } from '../kit/notify.ts';
import { incompleteMessage } from '../words/messages.ts';
import { badToolCallText, chatError } from './failure.ts';

/** State kept between the requests of one window. */
export interface ChatMemory {
  readonly conversations: ConversationIds;
  readonly opaque: OpaqueMemory;
}

export interface ModelRequest {
  readonly model: vscode.LanguageModelChatInformation;
  readonly messages: readonly vscode.LanguageModelChatRequestMessage[];
  readonly options: vscode.ProvideLanguageModelChatResponseOptions;
  readonly progress: vscode.Progress<vscode.LanguageModelResponsePart>;
  readonly token: vscode.CancellationToken;
}

/** Resolves when the answer is complete; rejects with the sentence for the user. */
export async function respond(
  deps: ChatDeps,
  { conversations, opaque }: ChatMemory,
  { model, messages, options, progress, token }: ModelRequest,
): Promise<void> {
  const choice = choiceOf(model.id, deps.models.arms);
  if (!choice) throw vscode.LanguageModelError.NotFound(goneText(model.name));
  const turns = messages.map(toTurn);
  const outputCap = outputCapOf(options.modelOptions);
  const order = orderOfTurns({
    turns: opaque.recall(turns),
    isRefused: (callId) => opaque.isRefused(callId),
    tools: toToolDefinitions(options.tools),
    toolChoice: options.toolMode === vscode.LanguageModelChatToolMode.Required ? 'required' : 'auto',
    outputCap,
    languageId: vscode.window.activeTextEditor?.document.languageId ?? '',
    conversationId: conversations.idOf(turns),
    choice,
    signal: signalOf(token),
  });
  const end = await answerChat(deps.completion, order, {
    text: (text) => progress.report(new vscode.LanguageModelTextPart(text)),
    toolCall: (call) => {
      opaque.keep(call);
      progress.report(new vscode.LanguageModelToolCallPart(call.id, call.name, call.input));
    },
    routed: ({ arm, withoutState }) => {
      if (!withoutState) return;
      opaque.refused(callsIn(turns));
      void showInformation(stateRefusedText(arm.label));
    },
  });
  switch (end.kind) {
    case 'answered':
      // The received text is in the chat; an agent must not treat a partial answer as complete.
      if (end.ended.incomplete && !endsAtCallersCap(end.ended, outputCap))
        throw new Error(incompleteMessage(end.route.arm.label, end.ended.incomplete).text);
      return;
    // The user canceled; an exception would only fill VS Code's log.
    case 'cancelled':
      return;
    case 'bad-tool-call':
      throw new Error(badToolCallText(end));
    case 'failed':
      throw chatError(end.problem);
  }
}

const callsIn = (turns: readonly ChatTurn[]): readonly string[] =>
  turns.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-call' ? [part.call.id] : [])));

const stateRefusedText = (label: string): string =>
  vscode.l10n.t(
    '{0} no longer accepts its own reasoning for earlier tool calls, so the conversation goes on without it.',
    label,
  );

const goneText = (name: string): string =>
  vscode.l10n.t('{0} is no longer one of your models. Choose another one in the list of models.', name);
