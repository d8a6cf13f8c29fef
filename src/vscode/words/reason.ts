/** The one line under an answer: why this model. Only wording; src/core/routing/reasonClaim.ts makes the claims. */
import * as vscode from 'vscode';
import type { Arm } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import type { CoarseFeatures, Decision, TaskType } from '../../core/decision.ts';
import {
  reasonClaim,
  warmCache,
  type PriceShare,
  type ReasonClaim,
  type WarmCache,
} from '../../core/routing/reasonClaim.ts';
import { shownName } from '../kit/armName.ts';
import { percent, usd } from '../kit/format.ts';
import { languageLabel } from '../kit/languageLabel.ts';

const t = vscode.l10n.t;

export function reasonLine(decision: Decision, arms: readonly Arm[]): string {
  const name = (id: ArmId): string => {
    const arm = arms.find((candidate) => candidate.id === id);
    return arm ? shownName(arm) : id;
  };
  const why = clause(claimOf(decision), name, promptKind(decision.context.coarse));
  return `${name(decision.chosen)}: ${why}${warmth(warmCache(decision))}`;
}

const warmth = (warm: WarmCache | undefined): string =>
  warm === undefined ? '' : t('; its cache is warm: {0} instead of {1}', usd(warm.cost), usd(warm.coldCost));

type Claim = ReasonClaim | { readonly kind: 'sticky-typing' };

/** For inline, a burst of typing takes the place of a conversation. */
function claimOf(decision: Decision): Claim {
  const claim = reasonClaim(decision);
  return claim.kind === 'sticky' && decision.surface === 'inline' ? { kind: 'sticky-typing' } : claim;
}

function clause(claim: Claim, name: (id: ArmId) => string, prompts: string): string {
  const at = (share: PriceShare | undefined): string =>
    share === undefined ? '' : t(', at {0} of the price of {1}', percent(share.share), name(share.of));
  switch (claim.kind) {
    case 'pinned':
      return t('you pinned it');
    case 'user-choice':
      return t('you chose it');
    case 'escalated':
      return t('one step up, since you asked for a better answer');
    case 'sticky':
      return t('it stays with this conversation');
    case 'sticky-typing':
      return t('it stays while you keep typing');
    case 'explore':
      return t('a try: nearly as good by estimate, so that PILOT keeps learning');
    case 'trial':
      return t('a try: little is known of it yet for {0}', prompts);
    case 'only':
      return t('the only one that can answer this');
    case 'fallback':
      return t(
        'the cheapest that fits; nothing more expensive is worth its price with what is left this month',
      );
    case 'best':
      return t('the best here for {0}{1}', prompts, at(claim.ofPrice));
    case 'as-good':
      return t('as good as the best here for {0}{1}', prompts, at(claim.ofPrice));
    case 'worth':
      return t('good enough for {0}{1}', prompts, at(claim.ofPrice));
    case 'promising':
      return t('it may be better than {0} for {1}', name(claim.than), prompts);
  }
}

/** "short Python questions": the topic of the estimate. Length in powers of two of characters. */
export function promptKind({ task, language, lengthBucket }: CoarseFeatures): string {
  const what = taskWord(task);
  const subject =
    language === '' || language === 'plaintext'
      ? what
      : t({ message: '{0} {1}', args: [languageLabel(language), what], comment: 'Python, questions' });
  if (lengthBucket < 8) return t('short {0}', subject);
  return lengthBucket >= 13 ? t('long {0}', subject) : subject;
}

function taskWord(task: TaskType): string {
  switch (task) {
    case 'explain':
      return t('explanations');
    case 'write':
      return t('code to be written');
    case 'fix':
      return t('bug fixes');
    case 'refactor':
      return t('refactorings');
    case 'test':
      return t('tests');
    case 'document':
      return t('documentation');
    case 'review':
      return t('reviews');
    case 'question':
      return t('questions');
    case 'math':
      return t('calculations');
    case 'tool':
      return t('tool calls');
    case 'complete':
      return t('completions');
    case 'chat':
      return t('talk');
  }
}
