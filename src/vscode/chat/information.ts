/**
 * The description of PILOT's models in the picker of VS Code's Chat. Prices are in the detail, since there is no field
 * for them.
 */
import * as vscode from 'vscode';
import { offeredModels, type OfferedModel } from '../../app/chat/offer.ts';
import { isFree, type Arm } from '../../core/arm.ts';
import { shownName } from '../kit/armName.ts';
import { locale } from '../kit/locale.ts';

export const modelInformation = (arms: readonly Arm[]): vscode.LanguageModelChatInformation[] =>
  offeredModels(arms).map(information);

function information(model: OfferedModel): vscode.LanguageModelChatInformation {
  return {
    id: model.id,
    ...(model.arm ? words(model.arm) : autoWords()),
    version: '1',
    maxInputTokens: model.maxInputTokens,
    maxOutputTokens: model.maxOutputTokens,
    capabilities: { toolCalling: model.tools, imageInput: model.images },
  };
}

type Words = Pick<vscode.LanguageModelChatInformation, 'name' | 'family' | 'detail' | 'tooltip'>;

const autoWords = (): Words => ({
  name: 'PILOT Auto',
  family: 'pilot-auto',
  detail: vscode.l10n.t('within your limit'),
  tooltip: vscode.l10n.t(
    'Sends each prompt to the one of your models that is worth its price, and never spends more than your monthly limit.',
  ),
});

function words(arm: Arm): Words {
  const { t } = vscode.l10n;
  const name = shownName(arm);
  return {
    name,
    family: arm.model,
    detail: priceText(arm),
    tooltip: t('{0} at {1}, within your monthly limit. PILOT Auto is not asked.', arm.model, arm.endpointId),
  };
}

function priceText({ price }: Arm): string {
  const { t } = vscode.l10n;
  if (price === undefined) return t('no price yet');
  if (isFree(price)) return t('free');
  return t(
    '{0} in, {1} out per million tokens',
    dollars(price.inputUsdPerMTok),
    dollars(price.outputUsdPerMTok),
  );
}

const dollars = (usd: number): string =>
  usd.toLocaleString(locale(), { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 });
