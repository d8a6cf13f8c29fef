/** A model with its expected price on buttons and in the composer: "Sage, about $0.02". */
import * as vscode from 'vscode';
import type { PricedArm } from '../../app/call/preview.ts';
import type { Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { nameAtEffort } from '../kit/armName.ts';
import { usd } from '../kit/format.ts';

const { t } = vscode.l10n;

export const about = (cost: NanoUsd): string => (cost === 0 ? t('free') : t('about {0}', usd(cost)));

export function nameOf(arms: readonly Arm[], armId: ArmId): string {
  const arm = arms.find(({ id }) => id === armId);
  return arm ? nameAtEffort(arm) : armId;
}

export const pricedArmText = (arms: readonly Arm[], { armId, cost }: PricedArm): string =>
  t('{0}, {1}', nameOf(arms, armId), about(cost));

export const betterText = (arms: readonly Arm[], better: PricedArm): string =>
  t('Better answer: {0}', pricedArmText(arms, better));
