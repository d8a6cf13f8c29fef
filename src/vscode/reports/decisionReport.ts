/**
 * One decision in sentences, a table and a plot; every number is recorded or recomputed from the record
 * (src/core/routing/whatIf.ts).
 */
import * as vscode from 'vscode';
import type { Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { costToWeigh, type ArmEvidence, type Decision } from '../../core/decision.ts';
import type { ModelTable } from '../../core/models/modelTable.ts';
import { usd as dollars } from '../../core/money.ts';
import { whatIf, type WhatIf, type WhatIfs } from '../../core/routing/whatIf.ts';
import type { PlotOf, Report } from '../../protocol/report.ts';
import { cost, percent, usd } from '../kit/format.ts';
import { exclusionText } from '../words/messages.ts';
import { promptKind, reasonLine } from '../words/reason.ts';
import { tableFrom, type BuiltSection, type Column, sectionOf } from './built.ts';
import { estimate, modelName, surfaceName } from './names.ts';
import { qualityScale } from './qualitySections.ts';
import { kindSentence, policySentences } from './decisionWords.ts';
import { ratedSection } from './ratedSection.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

type Name = (id: ArmId) => string;

export function decisionReport(
  decision: Decision,
  arms: readonly Arm[],
  /** The table of models; undefined while the engine is not built. */
  known: ModelTable | undefined,
): { readonly report: Report; readonly sections: readonly BuiltSection[] } {
  const name: Name = (id) => modelName(arms, id);
  const otherwise = whatIf(decision);
  const rated = known === undefined ? [] : [ratedSection(decision, arms, known, name)];
  const sections = [choiceSection(decision, name), modelsSection(decision, otherwise, name), otherwiseSection(decision, otherwise, name), ...rated, factsSection(decision)]; // prettier-ignore
  const report = {
    title: t('Why {0}', name(decision.chosen)),
    lead: `${reasonLine(decision, arms)}.`,
    choices: [],
    tiles: [],
    sections: sections.map(({ section }) => section),
    folded: sections.slice(1).map(({ section }) => section.id),
  };
  return { report, sections };
}

/** The models side by side, the chosen one first. */
function choiceSection(decision: Decision, name: Name): BuiltSection {
  const { table, csv } = tableFrom(inOrder(decision), [
    {
      label: t('Model'),
      text: ({ armId }) => name(armId),
      data: ['model', ({ armId }: ArmEvidence) => armId],
    },
    {
      label: t('Expected quality'),
      numeric: true,
      text: ({ mean, width }) => estimate(mean, width),
      data: ['quality', ({ mean }) => mean],
    },
    {
      label: t('Expected cost'),
      numeric: true,
      text: costText,
      data: ['expected_cost_usd', ({ quote }) => dollars(quote.expected)],
    },
  ]);
  const section = sectionOf({
    id: 'choice',
    title: t('Models'),
    summary: modelsSummary(decision, name),
    table,
  });
  return { section, csv };
}

function modelsSection(decision: Decision, otherwise: WhatIfs, name: Name): BuiltSection {
  const rows = inOrder(decision);
  const { table, csv } = tableFrom(rows, [
    { label: t('Model'), text: ({ armId }) => name(armId), data: ['model', ({ armId }: ArmEvidence) => armId] },
    { label: t('Quality'), numeric: true, text: ({ mean, width }) => estimate(mean, width), data: ['quality', ({ mean }) => mean] },
    { label: '', text: () => '', data: ['uncertainty', ({ width }) => width] },
    { label: t('Cost'), numeric: true, text: costText, data: ['expected_cost_usd', ({ quote }) => dollars(quote.expected)] },
    ...cacheColumns(rows),
    { label: t('Worth its price'), text: (arm) => verdict(arm, decision), data: ['excluded', ({ excluded }) => excluded ?? ''] },
    { label: t('Chance'), numeric: true, text: ({ propensity }) => percent(propensity), data: ['propensity', ({ propensity }) => propensity] },
    { label: t('If pinned'), text: ({ armId }) => pinnedText(otherwise, armId) },
    { label: t('Learned from'), numeric: true, text: ({ observations }) => observations.toFixed(0), data: ['observations', ({ observations }) => observations] },
    { label: '', text: () => '', data: ['index', ({ index }) => index] },
    { label: '', text: () => '', data: ['score', ({ score }) => score] },
  ]); // prettier-ignore
  const fromPrior = rows.every(({ observations }) => observations < 0.5);
  return {
    section: sectionOf({
      id: 'models',
      title: t('Every model at that time'),
      summary: [kindSentence(decision, name), ...policySentences(decision.policy)]
        .filter((sentence) => sentence !== '')
        .join(' '),
      note: fromPrior
        ? t(
            'PILOT has not learned from you yet: these estimates come from published comparisons of the models.',
          )
        : t(
            'Quality is the chance that you keep or like the answer, with one standard uncertainty. “Chance” is how likely PILOT was to take the model here.',
          ),
      plot: plotOf(rows, decision, name),
      table,
    }),
    csv,
  };
}

/** The cached tokens of each model, in a conversation where any model has some. */
function cacheColumns(rows: readonly ArmEvidence[]): readonly Column<ArmEvidence>[] {
  if (!rows.some(({ quote }) => (quote.cache?.cachedTokens ?? 0) > 0)) return [];
  const share = ({ quote }: ArmEvidence): number =>
    quote.cache === undefined || quote.inputTokens <= 0 ? 0 : quote.cache.cachedTokens / quote.inputTokens;
  return [
    { label: t('From the cache'), numeric: true, text: (arm) => percent(share(arm)), data: ['cached_share', share] },
    { label: '', text: () => '', data: ['cost_without_cache_usd', ({ quote }) => dollars(quote.cache?.coldCost ?? quote.expected)] },
    { label: '', text: () => '', data: ['mean_cost_of_the_rest_usd', ({ quote }) => dollars(costToWeigh(quote))] },
  ]; // prettier-ignore
}

/** The chosen arm first, then by score, excluded arms last. */
function inOrder({ arms, chosen }: Decision): readonly ArmEvidence[] {
  const rank = (arm: ArmEvidence): number => (arm.armId === chosen ? 2 : arm.excluded === undefined ? 1 : 0);
  return arms.toSorted((a, b) => rank(b) - rank(a) || b.score - a.score);
}

const isPriced = ({ quote, excluded }: ArmEvidence): boolean =>
  excluded !== 'unpriced' && quote.outputCap > 0;
const costText = (arm: ArmEvidence): string => (isPriced(arm) ? cost(arm.quote.expected) : '–');

function verdict({ excluded, armId }: ArmEvidence, { chosen, kind }: Decision): string {
  if (armId === chosen) return kind === 'fallback' ? t('no, but the cheapest that fits') : t('yes, chosen');
  return excluded === undefined ? t('yes') : t('no: {0}', exclusionText(excluded));
}

function pinnedText({ pinned }: WhatIfs, armId: ArmId): string {
  const outcome = pinned.get(armId);
  if (!outcome || outcome.kind === 'answers') return t('would answer');
  return t('could not: {0}', exclusionText(outcome.reason));
}

function modelsSummary({ arms, chosen }: Decision, name: Name): string {
  const best = arms.reduce<ArmEvidence | undefined>(
    (top, arm) => (top && top.mean >= arm.mean ? top : arm),
    undefined,
  );
  const usable = arms.filter(({ excluded }) => excluded === undefined).length;
  if (!best) return t('The record contains no models.');
  const counts = t('Able to answer and worth their price: {0} of {1}.', usable, arms.length);
  return best.armId === chosen
    ? t('{0} was also the best by estimate. {1}', name(chosen), counts)
    : t('The best by estimate was {0} with {1} points, at {2}. {3}', name(best.armId), estimate(best.mean, best.width), costText(best), counts); // prettier-ignore
}

function plotOf(rows: readonly ArmEvidence[], { chosen }: Decision, name: Name): PlotOf<'intervals'> {
  const charged = rows.some((arm) => arm.excluded === undefined && arm.index - arm.score > 1e-6);
  const after = (arm: ArmEvidence): number => arm.mean - (arm.index - arm.score);
  const values = rows.flatMap((arm) => [
    arm.mean - arm.width,
    arm.mean + arm.width,
    ...(charged ? [after(arm)] : []),
  ]);
  const scale = qualityScale(values);
  return {
    type: 'intervals',
    rows: rows.map((arm) => ({
      name: name(arm.armId),
      said: saidOf(arm, charged ? after(arm) : undefined, name),
      low: scale.at(arm.mean - arm.width),
      middle: scale.at(arm.mean),
      high: scale.at(arm.mean + arm.width),
      after: charged && arm.excluded === undefined ? scale.at(after(arm)) : undefined,
      strong: arm.armId === chosen,
      faint: arm.excluded !== undefined,
    })),
    origin: undefined,
    xTicks: scale.ticks,
    xLabel: t('Expected quality, points of 100'),
    afterLabel: charged ? t('what is left of it after its price') : undefined,
  };
}

function saidOf(arm: ArmEvidence, after: number | undefined, name: Name): string {
  const parts = [t('{0}: {1} points at {2}', name(arm.armId), estimate(arm.mean, arm.width), costText(arm))];
  if (after !== undefined && arm.excluded === undefined)
    parts.push(t('{0} after its price', Math.round(after * 100)));
  if (arm.excluded !== undefined) parts.push(exclusionText(arm.excluded));
  return `${parts.join('; ')}.`;
}

function otherwiseSection(decision: Decision, { noLimit, twiceTheLimit }: WhatIfs, name: Name): BuiltSection {
  const rows = [
    { label: t('With no limit'), answer: answerOf(noLimit, name), costs: costOf(noLimit, decision), id: 'no-limit' },
    { label: t('At twice the limit'), answer: answerOf(twiceTheLimit, name), costs: costOf(twiceTheLimit, decision), id: 'twice-the-limit' },
    { label: t('As it was'), answer: name(decision.chosen), costs: costOf({ kind: 'certain', armId: decision.chosen }, decision), id: 'as-it-was' },
  ]; // prettier-ignore
  const { table, csv } = tableFrom(rows, [
    { label: t('If'), text: ({ label }) => label, data: ['case', ({ id }: (typeof rows)[number]) => id] },
    {
      label: t('PILOT would have chosen'),
      text: ({ answer }) => answer,
      data: ['answer', ({ answer }) => answer],
    },
    { label: t('Expected cost'), numeric: true, text: ({ costs }) => costs },
  ]);
  return {
    section: sectionOf({
      id: 'otherwise',
      title: t('What would have been chosen otherwise'),
      summary: t('Recomputed from the record, as for a fresh prompt and without exploration.'),
      note: [noLimit, twiceTheLimit].some(({ kind }) => kind !== 'certain')
        ? t(
            'Where the record does not settle it, all possibilities are named: how much cheaper money would have been depends on the other prompts of that month.',
          )
        : undefined,
      table,
    }),
    csv,
  };
}

function answerOf(outcome: WhatIf, name: Name): string {
  switch (outcome.kind) {
    case 'certain':
      return name(outcome.armId);
    case 'one-of':
      return t('{0}: the record cannot tell which', outcome.armIds.map(name).join(', '));
    case 'unknown':
      return outcome.because === 'no-estimates'
        ? t('the record cannot tell: no model was compared')
        : t('the record cannot tell: this policy’s rule depends on the month');
  }
}

function costOf(outcome: WhatIf, { arms }: Decision): string {
  const ids = outcome.kind === 'certain' ? [outcome.armId] : outcome.kind === 'one-of' ? outcome.armIds : [];
  const costs = arms.filter(({ armId }) => ids.includes(armId)).map(({ quote }) => quote.expected);
  if (costs.length === 0) return '–';
  const [low, high] = [Math.min(...costs) as NanoUsd, Math.max(...costs) as NanoUsd];
  return low === high ? cost(low) : t('{0} to {1}', cost(low), usd(high));
}

function factsSection({ id, at, surface, policy, context, tookMs }: Decision): BuiltSection {
  const when = new Date(at).toLocaleString(locale(), { dateStyle: 'long', timeStyle: 'medium' });
  const rows = [
    { label: t('Asked'), value: `${surfaceName(surface)}, ${when}`, id: 'asked' },
    {
      label: t('Prompt'),
      value: `${promptKind(context.coarse)}, ${t('turn {0}', context.coarse.turn + 1)}`,
      id: 'prompt',
    },
    { label: t('Cost policy'), value: policy.policy, id: 'policy' },
    { label: t('Share of the limit used then'), value: percent(policy.utilization), id: 'utilization' },
    { label: t('Feature space'), value: context.spaceId, id: 'space' },
    { label: t('Time the decision took'), value: t('{0} ms', tookMs.toFixed(1)), id: 'took_ms' },
    { label: t('Decision'), value: id, id: 'decision' },
  ];
  const { table, csv } = tableFrom(rows, [
    { label: t('Fact'), text: ({ label }) => label, data: ['fact', (row: (typeof rows)[number]) => row.id] },
    { label: t('Value'), text: ({ value }) => value, data: ['value', ({ value }) => value] },
  ]);
  const section = sectionOf({
    id: 'facts',
    title: t('The record'),
    summary: t('Kept on this machine. It contains no text from the prompt.'),
    table,
  });
  return { section, csv };
}
