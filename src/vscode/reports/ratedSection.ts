/**
 * The published rating from which each model starts. Names in settings are matched to the closest known model, or rated
 * by size and price; the user sees the match.
 */
import * as vscode from 'vscode';
import type { Arm } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import type { ModelTable } from '../../core/models/modelTable.ts';
import { priorOf, type PriorOrigin } from '../../core/learning/prior.ts';
import { tableFrom, type BuiltSection } from './built.ts';

const t = vscode.l10n.t;

interface Rated {
  readonly armId: ArmId;
  readonly origin: PriorOrigin;
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
    return { armId, origin: priorOf(models, model, arm?.price).origin };
  });
  const { table, csv } = tableFrom(rows, [
    { label: t('Model'), text: ({ armId }) => name(armId), data: ['model', ({ armId }: Rated) => armId] },
    { label: t('Treated as'), text: takenFor, data: ['taken_for', ({ origin }) => ('model' in origin ? origin.model : origin.kind)] },
    { label: t('Points'), numeric: true, text: ({ origin }) => origin.rating.toFixed(0), data: ['points', ({ origin }) => origin.rating] },
    { label: t('Published by'), text: publishedBy, data: ['published_by', publishedBy] },
  ]); // prettier-ignore
  return {
    section: {
      id: 'rated',
      title: t('Where each model started'),
      summary: t('The rating that PILOT assumes for a model until it has learned from you.'),
      note: t(
        'A model is matched by name to the closest known one, otherwise by its size and price. 400 points more mean that ten of eleven answers are preferred.',
      ),
      plot: undefined,
      reserve: false,
      table,
      actions: [],
    },
    csv,
  };
}

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
