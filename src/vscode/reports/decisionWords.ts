import * as vscode from 'vscode';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { Decision, PolicyEvidence } from '../../core/decision.ts';
import { parseRecordedPolicy } from '../../core/money/policies/profile.ts';
import { usd } from '../kit/format.ts';

const t = vscode.l10n.t;

/** States whether it was the best choice, an exploration, or a user's wish. */
export function kindSentence({ kind, surface, arms, chosen }: Decision, name: (id: ArmId) => string): string {
  switch (kind) {
    case 'best': {
      const explored = arms.some(({ armId, propensity }) => armId !== chosen && propensity > 0);
      return explored
        ? t('It had the highest score; others nearly as good had a small chance too.')
        : t('It had the highest score.');
    }
    case 'explore':
    case 'trial': {
      const likely = arms.reduce((top, arm) => (arm.propensity > top.propensity ? arm : top));
      return t('This was an exploration: most of the time {0} would have answered here.', name(likely.armId));
    }
    case 'pinned':
    case 'user-choice':
      return t('You chose it, so the others were not considered.');
    case 'escalated':
      return t('You asked for a better answer, which moved one step up.');
    case 'sticky':
      return surface === 'inline'
        ? t('No other model gained enough to be worth a change while you keep typing.')
        : t('With another model, the rest of the conversation would have been neither cheaper nor better.');
    case 'fallback':
      return t('No model was worth its price with what was left.');
  }
}

export function policySentences({ policy, price }: PolicyEvidence): readonly string[] {
  if (price <= 0) return [t('Money was not tight, so only quality counted.')];
  const point = usd((0.01e9 / price) as NanoUsd);
  return parseRecordedPolicy(policy).policy === 'zcl'
    ? [t('A model had to promise a point of quality for each {0} it would cost.', point)]
    : [t('A point of quality was worth up to {0} then.', point)];
}
