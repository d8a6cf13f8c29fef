/** Forgetting: the user chooses a scope, confirms a question that names what goes and what stays, and it is done. */
import * as vscode from 'vscode';
import type { ForgetScope } from '../../app/ports/decisions.ts';
import { forget } from '../../app/exchange/portable.ts';
import { modelName } from '../reports/names.ts';
import { staysOpen } from './commands.ts';
import type { SteeringDeps } from './deps.ts';
import type { LearnedStateSync } from './learnedStateSync.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;
const dayMs = 86_400_000;

interface ForgetChoice {
  readonly scope: ForgetScope;
  /** Completes "Forget ...?". */
  readonly what: string;
}

export async function forgetCommand(
  deps: SteeringDeps,
  sync: Pick<LearnedStateSync, 'forgot'>,
): Promise<void> {
  const engine = await deps.engine();
  const choice = await choose(deps);
  if (!choice) return;
  const yes = t('Forget');
  const answer = await showWarning(
    t('Forget {0}?', choice.what),
    {
      modal: true,
      detail: t('The decisions and your ratings are deleted, and what was learned from them is undone. What was learned more than 13 months ago is deleted too. What was spent stays in the ledger because the limit counts it. This cannot be undone.'),
    },
    yes,
  ); // prettier-ignore
  if (answer !== yes) return;
  const forgotten = await forget(engine, choice.scope);
  await sync.forgot(engine, choice.scope.kind === 'everything');
  void showInformation(
    forgotten === 1
      ? t('1 decision was forgotten. Other windows forget when they are reloaded.')
      : t(
          '{0} decisions were forgotten. Other windows forget when they are reloaded.',
          forgotten.toLocaleString(locale()),
        ),
  );
}

async function choose(deps: SteeringDeps): Promise<ForgetChoice | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: t('$(calendar) A Period'), kindOf: 'period' as const },
      { label: t('$(server) A Model'), kindOf: 'model' as const },
      { label: t('$(trash) Everything'), kindOf: 'everything' as const },
    ],
    { title: t('PILOT: Forget'), ...staysOpen },
  );
  switch (picked?.kindOf) {
    case 'period':
      return choosePeriod(deps);
    case 'model':
      return chooseModel(deps);
    case 'everything':
      return { scope: { kind: 'everything' }, what: t('everything PILOT has learned') };
    case undefined:
      return undefined;
  }
}

async function choosePeriod({ clock }: SteeringDeps): Promise<ForgetChoice | undefined> {
  const now = clock.now();
  const until = now + dayMs;
  const since = (label: string, days: number) => ({ label, from: now - days * dayMs });
  const today = new Date(now).setHours(0, 0, 0, 0);
  const picked = await vscode.window.showQuickPick(
    [
      since(t('the last hour'), 1 / 24),
      { label: t('today'), from: today },
      since(t('the last 7 days'), 7),
      since(t('the last 30 days'), 30),
    ],
    { title: t('Forget which period?'), ...staysOpen },
  );
  return picked && { scope: { kind: 'period', from: picked.from, until }, what: picked.label };
}

async function chooseModel({ models }: SteeringDeps): Promise<ForgetChoice | undefined> {
  const picked = await vscode.window.showQuickPick(
    models.arms.map(({ id, model }) => ({ label: modelName(models.arms, id), description: model, id })),
    { title: t('Forget what was learned about which model?'), ...staysOpen },
  );
  return (
    picked && {
      scope: { kind: 'model', armId: picked.id },
      what: t('what was learned about {0}', picked.label),
    }
  );
}
