/** What routing saved, compared with always using the best model and with the user's former model. */
import * as vscode from 'vscode';
import type { Digest } from '../../app/usage/digest.ts';
import type { Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { usd as dollars } from '../../core/money.ts';
import { bestArm, savingsAgainst, type Savings } from '../../core/routing/savings.ts';
import type { PlotOf, Section } from '../../protocol/report.ts';
import { usd } from '../kit/format.ts';
import { clampUnit, tableFrom, wordsOnly, type BuiltSection, sectionOf } from './built.ts';
import { modelName } from './names.ts';
import { locale } from '../kit/locale.ts';
import { promptCount } from '../words/counts.ts';

const t = vscode.l10n.t;

export const savingsTitle = (): string => t('What routing saved');

interface Comparison {
  readonly armId: ArmId;
  readonly against: 'best' | 'former';
  readonly savings: Savings;
}
type Estimated = Comparison & { readonly savings: Extract<Savings, { kind: 'estimate' }> };

export function savingsSection(
  digest: Digest,
  former: ArmId | undefined,
  arms: readonly Arm[],
): BuiltSection {
  const { rows } = digest;
  const best = bestArm(rows);
  const actions = [{ id: 'former', label: t('Choose the Model You Used Before') }];
  if (best === undefined)
    return withActions(wordsOnly('savings', savingsTitle(), t('Nothing has been asked yet.')), actions);
  const compared: Comparison[] = [
    { armId: best, against: 'best', savings: savingsAgainst(best, rows) },
    ...(former === undefined
      ? []
      : [{ armId: former, against: 'former' as const, savings: savingsAgainst(former, rows) }]),
  ];
  const known = compared.filter(
    (comparison): comparison is Estimated => comparison.savings.kind === 'estimate',
  );
  const sentences = compared.map((comparison) => sentenceOf(comparison, arms));
  if (known.length === 0) {
    return withActions(wordsOnly('savings', savingsTitle(), sentences.join(' '), method()), actions);
  }
  const { table, csv } = tableOf(known, arms);
  const section = sectionOf({
    id: 'savings',
    title: savingsTitle(),
    summary: sentences.join(' '),
    note: method(),
    plot: plotOf(known, arms),
    table,
    actions,
  });
  return { section, csv };
}

const withActions = (built: BuiltSection, actions: Section['actions']): BuiltSection => ({
  ...built,
  section: { ...built.section, actions },
});

const method = (): string =>
  t(
    'Estimated from the chances PILOT recorded for every model with each prompt (doubly robust, 95 % intervals), over all prompts it chose the model for; your own choices are left out. Below an effective sample of 30 prompts nothing is stated.',
  );

const nameOf = ({ armId, against }: Comparison, arms: readonly Arm[]): string =>
  against === 'best'
    ? t('always {0} (the best here)', modelName(arms, armId))
    : t('always {0} (your former model)', modelName(arms, armId));

function sentenceOf(comparison: Comparison, arms: readonly Arm[]): string {
  const { savings } = comparison;
  const name = nameOf(comparison, arms);
  const size = savings.effectiveSampleSize.toFixed(0);
  if (savings.kind === 'too-little') {
    return t(
      'Compared with {0}, nothing can be said yet: the effective sample is {1} of the 30 prompts needed.',
      name,
      size,
    );
  }
  const { value, halfWidth } = savings.saved;
  const [amount, half] = [usd(Math.round(Math.abs(value)) as NanoUsd), usd(Math.round(halfWidth) as NanoUsd)];
  const prompts = promptCount(savings.prompts);
  if (Math.abs(value) <= halfWidth) {
    return t(
      'Compared with {0}, there is no clear difference ({1}: {2}).',
      name,
      prompts,
      `${value < 0 ? '−' : ''}${amount} ± ${half}`,
    );
  }
  const money =
    value > 0
      ? t('Compared with {0}, routing saved {1} ± {2} ({3})', name, amount, half, prompts)
      : t('Compared with {0}, routing cost {1} ± {2} more ({3})', name, amount, half, prompts);
  return `${money}; ${qualityClause(savings.quality)}.`;
}

function qualityClause(quality: Extract<Savings, { kind: 'estimate' }>['quality']): string {
  if (!quality) return t('how the quality compares is not known yet');
  const points = (value: number): string => (value * 100).toFixed(1);
  const spread = `${quality.value >= 0 ? '+' : '−'}${points(Math.abs(quality.value))} ± ${points(quality.halfWidth)}`;
  return t('quality {0} points where both had a chance', spread);
}

function plotOf(known: readonly Estimated[], arms: readonly Arm[]): PlotOf<'intervals'> {
  const ends = known.flatMap(({ savings: { saved } }) => [
    saved.value - saved.halfWidth,
    saved.value + saved.halfWidth,
  ]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const span = Math.max(1, high - low) * 1.08;
  const at = (value: number): number => clampUnit((value - low) / span + 0.04 * Number(low < 0));
  const ticks = [low, 0, high].filter((value, i, all) => all.indexOf(value) === i);
  return {
    type: 'intervals',
    rows: known.map((comparison) => {
      const { saved } = comparison.savings;
      return {
        name: nameOf(comparison, arms),
        said: sentenceOf(comparison, arms),
        low: at(saved.value - saved.halfWidth),
        middle: at(saved.value),
        high: at(saved.value + saved.halfWidth),
        after: undefined,
        strong: false,
        faint: false,
      };
    }),
    origin: at(0),
    xTicks: ticks.map((value) => ({ at: at(value), label: usd(Math.round(value) as NanoUsd) })),
    xLabel: t('Saved, with its 95 % interval'),
    afterLabel: undefined,
  };
}

const tableOf = (known: readonly Estimated[], arms: readonly Arm[]) =>
  tableFrom(known, [
    { label: t('Compared with'), text: (row) => nameOf(row, arms), data: ['model', (row: Estimated) => row.armId] },
    { label: t('Saved'), numeric: true, text: ({ savings }) => usd(Math.round(savings.saved.value) as NanoUsd), data: ['saved_usd', ({ savings }) => dollars(savings.saved.value as NanoUsd)] },
    { label: t('±'), numeric: true, text: ({ savings }) => usd(Math.round(savings.saved.halfWidth) as NanoUsd), data: ['half_width_usd', ({ savings }) => dollars(savings.saved.halfWidth as NanoUsd)] },
    { label: t('Spent'), numeric: true, text: ({ savings }) => usd(savings.spent as NanoUsd), data: ['spent_usd', ({ savings }) => dollars(savings.spent as NanoUsd)] },
    { label: t('Prompts'), numeric: true, text: ({ savings }) => savings.prompts.toLocaleString(locale()), data: ['prompts', ({ savings }) => savings.prompts] },
    { label: t('Effective sample'), numeric: true, text: ({ savings }) => savings.effectiveSampleSize.toFixed(0), data: ['effective_sample_size', ({ savings }) => savings.effectiveSampleSize] },
    { label: '', text: () => '', data: ['quality_difference', ({ savings }) => savings.quality?.value ?? ''] },
    { label: '', text: () => '', data: ['quality_half_width', ({ savings }) => savings.quality?.halfWidth ?? ''] },
  ]); // prettier-ignore
