/** `@pilot` in VS Code's Chat, with Ask's prompt and Ask's learning. */
import * as vscode from 'vscode';
import { answerChat, type ChatEnd, type Route } from '../../app/chat/answer.ts';
import { choiceOf } from '../../app/chat/offer.ts';
import {
  closedFences,
  conversationFrom,
  conversationIdIn,
  exchangesOf,
  memoryOf,
  triedIn,
  type AnswerMemory,
  type Exchange,
  type HistoryItem,
} from '../../app/chat/participant.ts';
import { participantOrder } from '../../app/call/orders.ts';
import { assemble, type Prepared } from '../../app/ask/assemble.ts';
import type { Choice, RoutingRequest } from '../../app/call/routing.ts';
import type { ArmId } from '../../core/brand.ts';
import { cost, usdLeft } from '../kit/format.ts';
import { incompleteMessage, messageOf, type WayOn } from '../words/messages.ts';
import { showInformation } from '../kit/notify.ts';
import { escapedMarkdown } from '../kit/plain.ts';
import { betterText } from '../words/pricedArm.ts';
import { reasonLine } from '../words/reason.ts';
import { signalOf } from '../kit/cancellation.ts';
import type { ChatDeps } from './deps.ts';
import { badToolCallText } from './failure.ts';
import { readReferences } from './references.ts';
import { VENDOR } from './vendor.ts';

type Reference = vscode.ChatPromptReference;

export interface ParticipantRequest {
  readonly request: vscode.ChatRequest;
  readonly context: vscode.ChatContext;
  readonly stream: vscode.ChatResponseStream;
  readonly token: vscode.CancellationToken;
}

/** The slash command behind "Better Answer", as contributed in package.json. */
const BETTER = 'better';

export async function answerAsParticipant(
  deps: ChatDeps,
  asked: ParticipantRequest,
): Promise<vscode.ChatResult> {
  const { request, context, stream, token } = asked;
  const exchanges = exchangesOf(context.history.map(historyItem));
  const plan =
    request.command === BETTER ? betterPlan(exchanges, request) : newPlan(deps, exchanges, request);
  if (!plan) {
    stream.markdown(vscode.l10n.t('There is no answer yet to improve on.'));
    return {};
  }
  if (plan.improves) void deps.learning.outcome(plan.improves, 'escalated');
  const conversationId = conversationIdIn(exchanges) ?? crypto.randomUUID();
  const prepared = await prepare(conversationId, plan, stream);
  const answer = { text: '' };
  const { messages, view } = prepared;
  const order = participantOrder({ messages, view, conversationId, choice: plan.choice }, signalOf(token));
  const end = await answerChat(deps.completion, order, {
    text: (text) => {
      answer.text += text;
      stream.markdown(text);
    },
    toolCall: () => undefined,
  });
  const better =
    end.kind === 'answered' ? await betterThan(deps, order, [...plan.tried, end.route.arm.id]) : undefined;
  return resultOf(deps, end, { answer: answer.text, conversationId, stream, better });
}

/** The next step up for the same prompt. A price that cannot be computed must not lose the answer. */
async function betterThan(
  { preview, models, log }: ChatDeps,
  { surface, view, call, conversationId }: RoutingRequest,
  not: readonly ArmId[],
): Promise<AnswerMemory['better']> {
  try {
    const found = await preview({ surface, view, call, conversationId, choice: { type: 'escalate', not } });
    return found && { armId: found.likely.armId, label: betterText(models.arms, found.likely) };
  } catch (error) {
    log.error('The price of a better answer could not be computed', error);
    return undefined;
  }
}

/**
 * Learns the answer's thumb. VS Code does not report that a thumb was withdrawn, so that nothing is learned from it.
 */
export async function learnFromThumb(
  { learning, pausedThumb, log }: ChatDeps,
  { metadata }: vscode.ChatResult,
  kind: vscode.ChatResultFeedbackKind,
): Promise<void> {
  const memory = memoryOf(metadata);
  if (memory?.incomplete) {
    // A thumb on half an answer is no evidence about the model.
    void showInformation(vscode.l10n.t('This answer is incomplete, so PILOT does not learn from its thumb.'));
    return;
  }
  if (!memory) {
    log.warn('A thumb in Chat belongs to no answer that PILOT remembers');
    return;
  }
  const helpful = kind === vscode.ChatResultFeedbackKind.Helpful;
  const learn = (): Promise<void> => learning.outcome(memory.decisionId, helpful ? 'thumb-up' : 'thumb-down');
  await learn();
  void pausedThumb.tell(learn);
}

/** Names the model and its price as of the answer's end; empty where no better model is expected. */
export function followupsOf({ metadata }: vscode.ChatResult): vscode.ChatFollowup[] {
  const better = memoryOf(metadata)?.better;
  return better ? [{ prompt: '', label: better.label, command: BETTER }] : [];
}

interface Plan {
  readonly question: string;
  readonly references: readonly Reference[];
  readonly earlier: readonly Exchange<Reference>[];
  readonly choice: Choice;
  readonly improves: AnswerMemory['decisionId'] | undefined;
  /** Models that have answered this question already. */
  readonly tried: readonly ArmId[];
}

/** A model of PILOT chosen in Chat's picker applies to `@pilot` too; models of other vendors are passed over. */
function newPlan(
  { models }: ChatDeps,
  earlier: readonly Exchange<Reference>[],
  { prompt, references, model }: vscode.ChatRequest,
): Plan {
  const picked = model.vendor === VENDOR ? choiceOf(model.id, models.arms) : undefined;
  return {
    question: prompt,
    references,
    earlier,
    choice: picked ?? { type: 'auto' },
    improves: undefined,
    tried: [],
  };
}

/** Answers the last question with a better model; text after the command is added to the question. */
function betterPlan(
  exchanges: readonly Exchange<Reference>[],
  { prompt }: vscode.ChatRequest,
): Plan | undefined {
  const last = exchanges.at(-1);
  if (!last || last.answers.length === 0) return undefined;
  const { armIds, newest, offered } = triedIn(last);
  return {
    question: prompt.trim() === '' ? last.question : `${last.question}\n\n${prompt}`,
    references: last.references,
    earlier: exchanges.slice(0, -1),
    choice: { type: 'escalate', not: armIds, to: offered },
    improves: newest,
    tried: armIds,
  };
}

async function prepare(
  conversationId: string,
  { question, references, earlier }: Plan,
  stream: vscode.ChatResponseStream,
): Promise<Prepared> {
  const { t } = vscode.l10n;
  const now = await readReferences(references);
  const before = await Promise.all(earlier.map((exchange) => readReferences(exchange.references)));
  for (const source of now.sources) stream.reference(source);
  for (const label of now.withheld) stream.progress(t('{0} may contain secrets and is not sent.', label));
  for (const label of now.unreadable) stream.progress(t('{0} cannot be read and is not sent.', label));
  const pieces = before.map((read) => read.pieces);
  return assemble(conversationFrom(conversationId, earlier, pieces), question, now.pieces);
}

interface Given {
  readonly answer: string;
  readonly conversationId: string;
  readonly stream: vscode.ChatResponseStream;
  readonly better: AnswerMemory['better'];
}

function resultOf({ models }: ChatDeps, end: ChatEnd, given: Given): vscode.ChatResult {
  const { stream, answer } = given;
  switch (end.kind) {
    case 'answered': {
      const left = end.ended.leftNano;
      const facts = [
        reasonLine(end.route.decision, models.arms),
        cost(end.ended.costNano),
        ...(left === undefined ? [] : [vscode.l10n.t('{0} available this month', usdLeft(left))]),
      ];
      const { incomplete } = end.ended;
      if (incomplete) facts.push(incompleteMessage(end.route.arm.label, incomplete).text);
      stream.markdown(footer(answer, facts.join(' · ')));
      return { metadata: { ...remember(end.route, given), incomplete: incomplete !== undefined } };
    }
    case 'cancelled':
      return end.route ? { metadata: { ...remember(end.route, given) } } : {};
    case 'bad-tool-call':
      return { errorDetails: { message: badToolCallText(end) } };
    case 'failed': {
      const { text, ways } = messageOf(end.problem);
      for (const way of ways.filter(leadsOnFromChat)) stream.button(buttonOf(way));
      return { errorDetails: { message: text } };
    }
  }
}

const remember = ({ decision, arm }: Route, { answer, conversationId, better }: Given): AnswerMemory => ({
  decisionId: decision.id,
  armId: arm.id,
  conversationId,
  answerChars: answer.length,
  incomplete: false,
  better,
});

const footer = (answer: string, line: string): string =>
  `${closedFences(answer)}\n\n---\n\n${escapedMarkdown(line)}`;

/** These commands act on the Ask panel's last answer. */
const ofAskPanel: ReadonlySet<string> = new Set(['pilot.retry', 'pilot.askAnother', 'pilot.askFree']);
const leadsOnFromChat = ({ command }: WayOn): boolean => !ofAskPanel.has(command);

const buttonOf = ({ label, command, args }: WayOn): vscode.Command => ({
  title: label,
  command,
  arguments: [...(args ?? [])],
});

function historyItem(turn: vscode.ChatRequestTurn | vscode.ChatResponseTurn): HistoryItem<Reference> {
  if (turn instanceof vscode.ChatRequestTurn) {
    const { prompt: text, references, command } = turn;
    return { type: 'question', text, references, better: command === BETTER };
  }
  const text = turn.response
    .map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ''))
    .join('');
  return { type: 'answer', text, memory: memoryOf(turn.result.metadata) };
}
