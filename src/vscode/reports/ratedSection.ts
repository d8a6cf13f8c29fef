/**
 * The published rating from which each model starts. Names in settings are matched to the closest known model, or rated
 * by size and price; the user sees the match.
 */
import * as vscode from 'vscode';
import type { Arm, Effort } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import type { ModelTable } from '../../core/models/modelTable.ts';
import { priorOf, type PriorOrigin } from '../../core/learning/prior.ts';
import { EFFORT_SOURCE, qualityShift } from '../../core/models/efforts.ts';
import { percent } from '../kit/format.ts';
import { tableFrom, type BuiltSection, sectionOf } from './built.ts';

const t = vscode.l10n.t;

interface Rated {
  readonly armId: ArmId;
  readonly origin: PriorOrigin;
  readonly effort: Effort | undefined;
}

export function ratedSection(
  decision: Decision,
  arms: readonly Arm[],
  models: ModelTable,
  name: (id: ArmId) => string,
): BuiltSection {
  const rows = decision.arms.map(({ armId }): Rated => {
    const arm = arms.find(({ id }) => id === armId);
    const model = arm?.model ?? armId.slice(armId.indexOf('/') + 1);
    return { armId, effort: arm?.effort, origin: priorOf(models, model, arm?.price).origin };
  });
  const { table, csv } = tableFrom(rows, [
    { label: t('Model'), text: ({ armId }) => name(armId), data: ['model', ({ armId }: Rated) => armId] },
    { label: t('Treated as'), text: takenFor, data: ['taken_for', ({ origin }) => ('model' in origin ? origin.model : origin.kind)] },
    { label: t('Points'), numeric: true, text: ({ origin }) => origin.rating.toFixed(0), data: ['points', ({ origin }) => origin.rating] },
    { label: t('Published by'), text: publishedBy, data: ['published_by', publishedBy] },
  ]); // prettier-ignore
  return {
    section: sectionOf({
      id: 'rated',
      title: t('Where each model started'),
      summary: t('The rating that PILOT assumes for a model until it has learned from you.'),
      note: [
        t(
          'A model is matched by name to the closest known one, otherwise by its size and price. 400 points more mean that ten of eleven answers are preferred.',
        ),
        ...(rows.some(({ effort }) => effort !== undefined) ? [effortNote()] : []),
      ].join(' '),
      table,
    }),
    csv,
  };
}

const effortNote = (): string =>
  t(
    'At low effort a model starts {0} lower, at high effort {1} higher ({2}, {3}).',
    percent(-qualityShift('low')),
    percent(qualityShift('high')),
    EFFORT_SOURCE.name,
    EFFORT_SOURCE.date,
  );

function takenFor({ origin }: Rated): string {
  switch (origin.kind) {
    case 'known':
      return origin.model;
    case 'relative':
      return t('{0}, its closest relative', origin.model);
    case 'size-and-price':
      return bySizeAndPrice(origin);
  }
}

function bySizeAndPrice({ size, price }: Extract<PriorOrigin, { kind: 'size-and-price' }>): string {
  if (size !== undefined && price !== undefined) return t('unknown; by its size and its price');
  if (size !== undefined) return t('unknown; by its size');
  return price === undefined ? t('unknown; as a small model') : t('unknown; by its price');
}

function publishedBy({ origin }: Rated): string {
  const source = 'source' in origin ? origin.source : undefined;
  return source === undefined ? '–' : t('{0}, {1}', source.name, source.date);
}
