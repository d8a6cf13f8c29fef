/** Converts conversations into the webview's view, with labels and numbers as text. */
import * as vscode from 'vscode';
import type { AssemblyNote, Prepared } from '../../app/ask/assemble.ts';
import {
  canContinue,
  canTeach,
  failedTry,
  holdsText,
  titleOf,
  type Answer,
  type AnswerCost,
  type AnswerRoute,
  type Conversation,
  type Notice,
  type Turn,
} from '../../app/ask/conversations.ts';
import type { ConversationSummary } from '../../app/ask/history.ts';
import {
  maxShownChars,
  type AnswerView,
  type ConversationView,
  type HistoryEntryView,
  type InspectionView,
  type TurnView,
} from '../../protocol/ask.ts';
import { cost as costLabel, usd, usdLeft } from '../kit/format.ts';
import { characterCount } from '../words/counts.ts';
import { saysSimulated, shownName } from '../kit/armName.ts';
import { locale } from '../kit/locale.ts';

const { t } = vscode.l10n;

export const conversationTitle = (conversation: Conversation): string =>
  titleOf(conversation) || t('New conversation');

export const conversationView = (conversation: Conversation): ConversationView => ({
  id: conversation.id,
  title: conversationTitle(conversation),
  turns: conversation.turns.map(turnView),
});

export const turnView = (turn: Turn): TurnView => ({
  id: turn.id,
  question: turn.question,
  context: turn.context.map(({ label, text }) => ({
    label,
    detail: characterCount(text.length),
  })),
  answers: turn.answers.map(answerView),
  shown: turn.shown,
  failedTry: failedTryView(turn),
});

function failedTryView(turn: Turn): TurnView['failedTry'] {
  const failed = failedTry(turn);
  return failed?.notice && { answerId: failed.id, ...problemView(failed.notice) };
}

const problemView = ({ text, ways }: Notice): NonNullable<AnswerView['problem']> => ({
  text,
  ways: ways.map(({ label }) => label).slice(0, 6),
});

export function answerView(answer: Answer): AnswerView {
  const { id, state, route, cost, notice, rating, reserved } = answer;
  return {
    id,
    state,
    text: answer.text.slice(0, maxShownChars),
    reasoning: answer.reasoning.slice(0, maxShownChars),
    cut: answer.text.length > maxShownChars || answer.reasoning.length > maxShownChars,
    model: route?.label,
    simulated: route !== undefined && route.simulated && !saysSimulated(route.label),
    reason: route && reasonOf(route),
    cost: cost && costLabel(cost.nano),
    costDetail: cost && costDetail(cost),
    left: cost?.leftNano === undefined ? undefined : t('{0} available this month', usdLeft(cost.leftNano)),
    rating,
    rateable: route !== undefined && canTeach(answer),
    continuable: canContinue(answer),
    hold: holdText(answer),
    releasable: reserved !== undefined,
    stopNotice: stopText(answer),
    problem: notice && problemView(notice),
    empty: notice !== undefined && !holdsText(answer),
  };
}

function holdText({ reserved, released }: Answer): string | undefined {
  if (reserved !== undefined)
    return t('{0} is reserved for this answer until its bill is known.', usd(reserved));
  return released === undefined
    ? undefined
    : t('Released: {0} can be spent again this month.', usd(released));
}

const stopText = ({ stopKeeps }: Answer): string | undefined =>
  stopKeeps &&
  t(
    'Stopping now keeps about {0} reserved until the bill is known. Select Stop again to stop anyway.',
    usd(stopKeeps),
  );

/** The reason follows the model's name, so it need not start with it. */
function reasonOf(route: AnswerRoute): string {
  const { reason } = route;
  const prefix = `${shownName(route)}: `;
  if (!reason.startsWith(prefix)) return reason;
  const rest = reason.slice(prefix.length);
  return rest.charAt(0).toLocaleUpperCase(locale()) + rest.slice(1);
}

/** An update of everything but the text, which the webview has. */
export const answerUpdate = (answer: Answer): AnswerView => ({
  ...answerView(answer),
  text: '',
  reasoning: '',
});

function costDetail({ source }: AnswerCost): string {
  switch (source) {
    case 'reported':
      return t('As the provider reported it');
    case 'priced-usage':
      return t('Tokens used, at the model’s price');
    case 'estimate':
      return t('Estimated: the provider did not report usage');
    case 'worst-case':
      return t('The most it can have cost: the provider did not report usage');
  }
}

export const historyView = (
  entries: readonly ConversationSummary[],
  current: string,
  answering: ReadonlySet<string>,
): readonly HistoryEntryView[] =>
  entries.map(({ id, title, updatedAt }) => ({
    id,
    title: title || t('New conversation'),
    when: new Date(updatedAt).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }),
    answering: answering.has(id),
    current: id === current,
  }));

/** Characters for each token of code and English; for orientation only, never for money. */
const charsPerToken = 4;

export function inspectionView(prepared: Prepared, failed: readonly string[], model: string): InspectionView {
  const chars = prepared.messages.reduce((sum, { content }) => sum + content.length, 0);
  const summary = t(
    'Model: {0}. {1} messages, {2} characters, about {3} tokens.',
    model,
    prepared.messages.length,
    chars.toLocaleString(locale()),
    Math.ceil(chars / charsPerToken).toLocaleString(locale()),
  );
  return {
    messages: prepared.messages.map(({ role, content }) => ({ role: roleLabel(role), text: content })),
    summary,
    notes: [
      ...prepared.notes.map(noteText),
      ...failed.map((label) => t('{0} cannot be read and is not sent.', label)),
    ],
  };
}

function roleLabel(role: 'system' | 'user' | 'assistant'): string {
  if (role === 'system') return t('Instructions');
  return role === 'user' ? t('You') : t('Answer');
}

function noteText(note: AssemblyNote): string {
  switch (note.kind) {
    case 'piece-cut':
      return t(
        'Only the first {1} of {2} characters of {0} are sent.',
        note.label,
        note.kept.toLocaleString(locale()),
        note.of.toLocaleString(locale()),
      );
    case 'piece-left-out':
      return t('{0} is left out: there is no room for it.', note.label);
    case 'sent-before':
      return t('{0} is already in the conversation and is not sent twice.', note.label);
    case 'turns-left-out':
      return note.turns === 1
        ? t('The oldest question and its answer are left out.')
        : t('The {0} oldest questions and their answers are left out.', note.turns);
  }
}
