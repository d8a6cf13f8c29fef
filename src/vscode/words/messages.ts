/** One clear sentence with actions for each problem: the only place that words a `Problem`. */
import * as vscode from 'vscode';
import { VSCODE_ENDPOINT_ID } from '../../app/chat/offer.ts';
import type { IncompleteReason, ProviderError } from '../../app/ports/models.ts';
import type { Problem } from '../../app/call/problem.ts';
import type { Arm } from '../../core/arm.ts';
import type { ExclusionReason } from '../../core/decision.ts';
import { day, usdLeft } from '../kit/format.ts';
import { storageText } from './storageText.ts';
import { locale } from '../kit/locale.ts';

export interface WayOn {
  readonly label: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

export interface Message {
  readonly text: string;
  readonly ways: readonly WayOn[];
}

const t = vscode.l10n.t;

const setUp = (): WayOn => ({ label: t('Set Up Models'), command: 'pilot.setUpModels' });
const setLimit = (): WayOn => ({ label: t('Set Monthly Limit'), command: 'pilot.setMonthlyLimit' });
const raise = (): WayOn => ({ label: t('Raise Limit for This Month'), command: 'pilot.raiseLimit' });
const spending = (): WayOn => ({ label: t('Show Spending'), command: 'pilot.showSpending' });
const showLog = (): WayOn => ({ label: t('Show Log'), command: 'pilot.showLog' });
const openSettings = (query: string): WayOn => ({
  label: t('Open Settings'),
  command: 'workbench.action.openSettings',
  args: [query],
});

/** Opens the endpoints' addresses in the settings. */
const changeAddress = (): WayOn => ({ ...openSettings('pilot.endpoints'), label: t('Change Address') });

export function messageOf(problem: Problem): Message {
  switch (problem.kind) {
    case 'no-models':
      return { text: t('PILOT has no models yet.'), ways: [setUp()] };
    case 'no-limit':
      return {
        text: t('PILOT does not spend money until a monthly limit is set.'),
        ways: [setLimit()],
      };
    case 'limit-reached':
      return limitReached(problem);
    case 'ledger-busy':
      return {
        text: t('The spending ledger is busy in another window, so nothing was sent. Please try again.'),
        ways: [showLog()],
      };
    case 'ledger-unavailable':
      return {
        text: t(
          'Paid models are stopped because the spending ledger cannot be used: {0}',
          storageText(problem.fault),
        ),
        ways: [showLog(), spending()],
      };
    case 'ledger-unconfirmed':
      return {
        text: t('Paid models are stopped until you confirm what was spent this month.'),
        ways: [{ label: t('Confirm Spending'), command: 'pilot.confirmSpending' }],
      };
    case 'too-long':
      return {
        text: t(
          'This prompt may have {0} tokens; your largest model takes {1}. Remove some context.',
          problem.inputTokens.toLocaleString(locale()),
          problem.largestContext.toLocaleString(locale()),
        ),
        ways: [setUp()],
      };
    case 'none-usable':
      return noneUsable(problem.reasons);
    case 'nothing-better':
      return {
        text: t('None of your models that can answer this is expected to answer it better.'),
        ways: [{ label: t('Ask Another Model'), command: 'pilot.askAnother' }],
      };
    case 'chosen-unusable':
      return {
        text: t('{0} cannot be used now: {1}.', problem.arm.label, exclusionText(problem.reason)),
        ways: waysFor(problem.reason),
      };
    case 'provider':
      return providerMessage(problem.arm, problem.error, problem.partial);
    case 'internal':
      return {
        text: t('Something went wrong in PILOT. Nothing was lost. The log has the details.'),
        ways: [showLog()],
      };
  }
}

type LimitReached = Extract<Problem, { kind: 'limit-reached' }>;

function limitReached(problem: LimitReached): Message {
  const left = usdLeft(problem.left);
  const until = day(problem.resetsAt);
  const text = limitText(problem, left, until);
  const free: WayOn[] = problem.freeArm
    ? [{ label: t('Use a Free Model'), command: 'pilot.askFree', args: [problem.freeArm] }]
    : [];
  const another: WayOn[] = problem.wished
    ? [{ label: t('Ask Another Model'), command: 'pilot.askAnother' }]
    : [];
  const more = problem.which === 'month' ? raise() : openSettings('pilot.budget');
  // Free actions come first.
  return { text, ways: [...free, more, ...another, spending()] };
}

function limitText({ which, wished }: LimitReached, left: string, until: string): string {
  if (wished) {
    const { label } = wished;
    switch (which) {
      case 'inline':
        return t('{0} could cost more than what is left of the limit for inline completions ({1}). It resets on {2}.', label, left, until); // prettier-ignore
      case 'workspace':
        return t('{0} could cost more than what is left of the limit for one workspace ({1}). It resets on {2}.', label, left, until); // prettier-ignore
      case 'month':
        return t('{0} could cost more than what is left of this month’s limit ({1}). It resets on {2}.', label, left, until); // prettier-ignore
    }
  }
  switch (which) {
    case 'inline':
      return t('The limit for inline completions is reached ({0} left). It resets on {1}.', left, until);
    case 'workspace':
      return t('The limit for one workspace is reached ({0} left). It resets on {1}.', left, until);
    case 'month':
      return t('None of your models fits in what is left of this month’s limit ({0}). It resets on {1}.', left, until); // prettier-ignore
  }
}

function noneUsable(reasons: readonly { readonly arm: Arm; readonly reason: ExclusionReason }[]): Message {
  const listed = reasons.slice(0, 4).map(({ arm, reason }) => `${arm.label}: ${exclusionText(reason)}`);
  const first = reasons[0];
  return {
    text: t('None of your models can take this prompt ({0}).', listed.join('; ')),
    ways: first ? waysFor(first.reason) : [setUp()],
  };
}

/** Why an arm was left out, as a clause that follows the arm's name. */
export function exclusionText(reason: ExclusionReason): string {
  switch (reason) {
    case 'unpriced':
      return t('it has no price yet');
    case 'too-long':
      return t('the prompt is longer than its context');
    case 'over-limit':
      return t('it could cost more than what is left of the limit');
    case 'not-worth-price':
      return t('not worth its price for this prompt');
    case 'unhealthy':
      return t('its last requests failed, so it is paused for a moment');
    case 'excluded-by-user':
      return t('you excluded it');
    case 'has-answered':
      return t('it has answered already');
    case 'effort-refused':
      return t('it refused its effort');
    case 'lacks-capability':
      return t('it cannot do what this request needs');
    case 'too-slow':
      return t('too slow here');
    case 'paid-off':
      return t('paid inline completions are off');
    case 'not-pinned':
      return t('another model is pinned');
    case 'no-key':
      return t('its key is missing');
  }
}

function waysFor(reason: ExclusionReason): WayOn[] {
  switch (reason) {
    case 'unpriced':
    case 'no-key':
      return [setUp()];
    case 'over-limit':
      return [raise(), spending()];
    case 'excluded-by-user':
    case 'not-pinned':
      return [{ label: t('Steer Routing'), command: 'pilot.steer' }];
    case 'effort-refused':
      return [openSettings('pilot.models')];
    case 'paid-off':
      return [openSettings('pilot.inline')];
    case 'too-long':
    case 'not-worth-price':
    case 'unhealthy':
    case 'lacks-capability':
    case 'too-slow':
    case 'has-answered':
      return [setUp(), showLog()];
  }
}

function providerMessage(arm: Arm, error: ProviderError, partial: boolean): Message {
  const sentence = vscodeSentence(arm, error) ?? providerSentence(arm.label, error);
  const text = partial ? t('{0} The part that arrived was kept.', sentence) : sentence;
  return { text, ways: providerWays(arm, error) };
}

/** VS Code's own language models have an extension behind them, and neither a key nor an endpoint of the user's. */
function vscodeSentence({ endpointId, label }: Arm, { kind }: ProviderError): string | undefined {
  if (endpointId !== VSCODE_ENDPOINT_ID) return undefined;
  switch (kind) {
    case 'forbidden':
      return t('VS Code, or the extension that provides {0}, does not let PILOT use it.', label);
    case 'no-credit':
      return t('The extension that provides {0} has blocked it: your plan may be used up.', label);
    case 'model-gone':
      return t('VS Code no longer offers {0}. Choose another model.', label);
    default:
      return undefined;
  }
}

export function providerSentence(label: string, error: ProviderError): string {
  const sentence = plainSentence(label, error);
  return error.said && QUOTED.has(error.kind)
    ? t('{0} The provider says: {1}', sentence, error.said)
    : sentence;
}

/** Failures for which the provider's own message is the best explanation. */
const QUOTED: ReadonlySet<ProviderError['kind']> = new Set([
  'wrong-key',
  'no-credit',
  'cannot-afford',
  'forbidden',
  'model-gone',
  'wrong-address',
  'bad-request',
  'effort-refused',
  'server-error',
  'unknown',
]);

function plainSentence(label: string, error: ProviderError): string {
  const { kind, address = '' } = error;
  switch (kind) {
    case 'no-key':
      return t('{0} needs a key.', label);
    case 'wrong-key':
      return withStatus(t('{0} refused the key.', label), error);
    case 'no-credit':
      return withStatus(t('The account for {0} has no credit left.', label), error);
    case 'cannot-afford':
      return withStatus(
        t('The account for {0} does not have enough credit for an answer this long.', label),
        error,
      );
    case 'forbidden':
      return withStatus(t('This account or key may not use {0}.', label), error);
    case 'rate-limited':
      return error.retryAfterMs === undefined
        ? t('{0} is receiving too many requests (429). Try again in a moment.', label)
        : t(
            '{0} is receiving too many requests (429). Try again in {1} s.',
            label,
            Math.ceil(error.retryAfterMs / 1000),
          );
    case 'model-gone':
      return t('{0} wasn’t found{1}. Check the address or model name.', label, statusMark(error));
    case 'too-long':
      return t('This prompt is too long for {0}. Remove some context.', label);
    case 'bad-request':
      return withStatus(t('{0} did not accept the request.', label), error);
    case 'effort-refused':
      return withStatus(
        t('{0} did not accept the effort set for it, so it is not chosen until you change it.', label),
        error,
      );
    case 'state-refused':
      return withStatus(t('{0} did not accept the earlier tool calls of this conversation.', label), error);
    case 'no-responses':
      return withStatus(
        t('The address of {0} does not know the Responses protocol: {1}.', label, address),
        error,
      );
    case 'wrong-address':
      return withStatus(t('No model was found at the address of {0}: {1}.', label, address), error);
    case 'server-error':
      return withStatus(t('The endpoint of {0} reported an internal error.', label), error);
    case 'refused':
      return t(
        'Nothing answers at the address of {0}, {1}. Check that the server is running.',
        label,
        address,
      );
    case 'unreachable':
      return t('The address of {0} cannot be reached: {1}.', label, address);
    case 'reset':
      return t('The connection to {0} was lost.', label);
    case 'timeout':
      return t('{0} took too long to respond.', label);
    case 'not-json':
      return t(
        '{0} answered with something that is not a model’s answer. Its address is {1}.',
        label,
        address,
      );
    case 'empty':
      return t('{0} sent an empty answer.', label);
    case 'too-large':
      return t('The answer from {0} is larger than PILOT accepts.', label);
    case 'redirect':
      return t('The address of {0} redirects elsewhere. PILOT does not follow redirects, to protect your key. Check the address.', label); // prettier-ignore
    case 'insecure':
      return t('The key for {0} is not sent over unencrypted http.', label);
    case 'cancelled':
      return t('Stopped.');
    case 'unknown':
      return t('{0} failed. The log has the details.', label);
  }
}

/** With the HTTP status before the full stop, where the answer was a refusal. */
const withStatus = (sentence: string, error: ProviderError): string =>
  sentence.replace(/[.。]?$/, (stop) => `${statusMark(error)}${stop}`);

const statusMark = ({ status }: ProviderError): string =>
  status === undefined || status < 400 ? '' : ` (${status})`;

/** Why an answer ends before the model was done. */
export function incompleteMessage(label: string, reason: IncompleteReason): Message {
  const retry: WayOn = { label: t('Try Again'), command: 'pilot.retry' };
  const another: WayOn = { label: t('Ask Another Model'), command: 'pilot.askAnother' };
  switch (reason) {
    case 'length':
      return { text: t('The answer from {0} ends here because it reached its length limit.', label), ways: [retry, another] }; // prettier-ignore
    case 'content-filter':
      return {
        text: t('The provider’s content filter stopped the answer from {0}.', label),
        ways: [another, retry],
      };
  }
}

function providerWays(arm: Arm, error: ProviderError): WayOn[] {
  const retry: WayOn = { label: t('Try Again'), command: 'pilot.retry' };
  const another: WayOn = { label: t('Ask Another Model'), command: 'pilot.askAnother' };
  switch (error.kind) {
    case 'no-key':
    case 'wrong-key':
      return [{ label: t('Enter Key'), command: 'pilot.enterKey', args: [arm.endpointId] }, another];
    case 'forbidden':
    case 'no-credit':
    case 'model-gone':
    case 'too-long':
      return [another, setUp()];
    case 'cannot-afford':
      return [another, retry];
    case 'effort-refused':
      return [openSettings('pilot.models'), another];
    case 'no-responses':
      return [
        { label: t('Use Chat Completions'), command: 'pilot.useChatCompletions', args: [arm.endpointId] },
        changeAddress(),
        another,
      ];
    // The address is in the settings.
    case 'wrong-address':
    case 'not-json':
    case 'insecure':
    case 'redirect':
      return [changeAddress(), another];
    case 'refused':
    case 'unreachable':
      return [retry, changeAddress(), another];
    case 'bad-request':
    case 'state-refused':
    case 'unknown':
      return [another, showLog()];
    case 'cancelled':
      return [retry];
    case 'rate-limited':
    case 'server-error':
    case 'reset':
    case 'timeout':
    case 'empty':
    case 'too-large':
      return [retry, another];
  }
}
