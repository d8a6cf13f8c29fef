/** Explains each profile: how much a point of quality may cost, and what it would have done with the last prompt. */
import * as vscode from 'vscode';
import type { UsageReader } from '../../app/ports/usage.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import { plainPrice, priceUnder, type Profile } from '../../core/money/policies/profile.ts';
import { underProfile } from '../../core/routing/whatIf.ts';
import { cost, usd } from '../kit/format.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export function profileTitle(profile: Profile): string {
  switch (profile) {
    case 'quality':
      return t('Quality');
    case 'balanced':
      return t('Balanced');
    case 'economy':
      return t('Economy');
  }
}

/** The newest question in Ask or Chat; completions come by the hundred and are not what a user means by a prompt. */
export async function lastPrompt(usage: Pick<UsageReader, 'decisions'>): Promise<Decision | undefined> {
  const newest = await Promise.all(
    (['ask', 'chat'] as const).map((surface) => usage.decisions({ limit: 1, surface })),
  );
  return newest
    .flat()
    .map(({ decision }) => decision)
    .toSorted((a, b) => b.at - a.at)[0];
}

/** The text differs for each profile, whatever the price of money and whether it is known. */
export function profileText(
  profile: Profile,
  last: Decision | undefined,
  name: (armId: ArmId) => string,
): { readonly description: string; readonly detail: string } {
  const price = last && plainPrice(last.policy);
  const under = priceUnder(profile, price ?? 0);
  const now = under > 0 ? usd(Math.round(0.01e9 / under) as NanoUsd) : undefined;
  const detail = `${lastPromptText(profile, last, name)} ${purpose(profile)}`;
  return { description: pointText(profile, now, price !== undefined), detail };
}

function pointText(profile: Profile, now: string | undefined, isKnown: boolean): string {
  switch (profile) {
    case 'quality':
      if (now !== undefined) return t('three times what the limit suggests: {0} now', now);
      return isKnown
        ? t('three times what the limit suggests: anything now')
        : t('three times what the limit suggests');
    case 'balanced':
      if (now !== undefined) return t('what the limit suggests: {0} now', now);
      return isKnown ? t('what the limit suggests: anything now') : t('what the limit suggests');
    case 'economy':
      return t('a third of what the limit suggests, a tenth of a cent at most: {0} now', now ?? '');
  }
}

function purpose(profile: Profile): string {
  switch (profile) {
    case 'quality':
      return t('Spends earlier in the month.');
    case 'balanced':
      return t('Spreads the limit over the month.');
    case 'economy':
      return t('Saves even where the limit would allow more.');
  }
}

function lastPromptText(
  profile: Profile,
  last: Decision | undefined,
  name: (armId: ArmId) => string,
): string {
  if (!last) return t('There is no prompt to compare with yet.');
  const choice = underProfile(last, profile);
  const priced = (armId: ArmId): string => {
    const expected = last.arms.find((arm) => arm.armId === armId)?.quote.expected ?? (0 as NanoUsd);
    return t('{0} ({1})', name(armId), cost(expected));
  };
  switch (choice.kind) {
    case 'certain':
      return t('Last prompt: {0}.', priced(choice.armId));
    case 'one-of':
      return t(
        'Last prompt: {0}.',
        new Intl.ListFormat(locale(), { type: 'disjunction' }).format(choice.armIds.map(priced)),
      );
    case 'unknown':
      return t('Last prompt: this cannot be determined.');
  }
}
