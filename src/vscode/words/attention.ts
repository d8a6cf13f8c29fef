/** The only causes for a notification: thresholds of the limit, bad settings, state that was set aside. */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import type { ProviderError } from '../../app/ports/models.ts';
import type { LimitNotice } from '../../app/ports/money.ts';
import type { Arm } from '../../core/arm.ts';
import type { NanoUsd } from '../../core/brand.ts';
import type { Problem } from '../../app/call/problem.ts';
import { day, percent, usd } from '../kit/format.ts';
import { messageOf, type Message } from './messages.ts';
import { settingSentence, type ModelSettings } from '../settings/modelSettings.ts';
import type { Settings } from '../settings/settings.ts';
import { showInformation, showWarning } from '../kit/notify.ts';

const t = vscode.l10n.t;

type NoticeOf<Kind extends LimitNotice['kind']> = Extract<LimitNotice, { kind: Kind }>;

/** Shows a problem outside its own surface; resolves when the user chose an action or closed it. */
export const showProblem = (problem: Problem): Promise<void> => show('warning', messageOf(problem));

/** A setting prevented this model's answer; another model answered, so no question follows. */
export function showPassedOver(arm: Arm, error: ProviderError): Promise<void> {
  const { text, ways } = messageOf({ kind: 'provider', arm, error, partial: false });
  return show('warning', { text, ways: ways.filter(({ command }) => command !== 'pilot.askAnother') });
}

export function showLimitNotice(notice: LimitNotice): Promise<void> {
  return notice.kind === 'spent' ? showSpent(notice) : showReserved(notice);
}

function showSpent({ percent: share, spent, limit, resetsAt }: NoticeOf<'spent'>): Promise<void> {
  const ways = [
    { label: t('Show Spending'), command: 'pilot.showSpending' },
    { label: t('Raise Limit for This Month'), command: 'pilot.raiseLimit' },
  ];
  const text =
    share === 100
      ? t(
          'PILOT has spent its limit of {0} for this month. Free models are still available; paid models are available again on {1}.',
          usd(limit),
          day(resetsAt),
        )
      : t(
          'PILOT has spent {0} of its limit for this month: {1} of {2}.',
          percent(share / 100),
          usd(spent),
          usd(limit),
        );
  return show(share >= 90 ? 'warning' : 'information', { text, ways });
}

function showReserved({ reserved, limit }: NoticeOf<'reserved'>): Promise<void> {
  const ways = [
    { label: t('Release…'), command: 'pilot.releaseHolds' },
    { label: t('Show Spending'), command: 'pilot.showSpending' },
  ];
  const text = t(
    'PILOT keeps {0} of your {1} limit reserved for calls whose bill is not known, such as stopped answers.',
    usd(reserved),
    usd(limit),
  );
  return show('information', { text, ways });
}

/** The user released the call's hold, and its provider has reported the bill since. */
export const showLateBill = (model: string, cost: NanoUsd): Promise<void> =>
  show('information', {
    text: t('A bill for a released call of {0} arrived: {1}. It is counted in full.', model, usd(cost)),
    ways: [{ label: t('Show Spending'), command: 'pilot.showSpending' }],
  });

export const showReset = (problem: string): Promise<void> =>
  show('warning', {
    text: t(
      'What PILOT had learned could not be read and was set aside. PILOT is relearning from its log. ({0})',
      problem,
    ),
    ways: [{ label: t('Show Log'), command: 'pilot.showLog' }],
  });

/**
 * Reports each bad setting once for each session and change; a fault that is corrected and comes back is reported
 * again.
 */
export class BadSettingsNotices {
  readonly #log: Log;
  #told = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  tell(settings: Settings, models: ModelSettings): void {
    const sentences = [...settings.problems, ...models.problems].map(settingSentence);
    const fresh = sentences.filter((sentence) => !this.#told.has(sentence));
    this.#told = new Set(sentences);
    for (const sentence of fresh) this.#log.warn(sentence);
    const [first] = fresh;
    if (first === undefined) return;
    const text = fresh.length === 1 ? first : t('{0} ({1} more in the log)', first, fresh.length - 1);
    const ways = [{ label: t('Open Settings'), command: 'workbench.action.openApplicationSettingsJson' }];
    void show('warning', { text: `PILOT: ${text}`, ways });
  }
}

async function show(severity: 'information' | 'warning', { text, ways }: Message): Promise<void> {
  const labels = ways.map(({ label }) => label);
  const ask = severity === 'information' ? showInformation : showWarning;
  const picked = await ask(text, ...labels);
  const way = ways.find(({ label }) => label === picked);
  if (way) await vscode.commands.executeCommand(way.command, ...(way.args ?? []));
}
