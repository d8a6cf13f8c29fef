/**
 * PILOT's learned state from outside: the log in the database file, folded as the extension folds it, so a journey can
 * check whether an outcome changed the estimate for the next decision.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inRoot } from '../../scripts/host/paths.ts';
import type { ArmId } from '../../src/core/brand.ts';
import type { Decision, Outcome } from '../../src/core/decision.ts';
import { headOf } from '../../src/core/decision.ts';
import { Learner, type LearnerEvent } from '../../src/core/learning/learner.ts';
import { PILOT } from '../../src/core/learning/preset.ts';
import { armPrior, priorOf } from '../../src/core/learning/prior.ts';
import { decodeSpace } from '../../src/core/learning/space.ts';
import { decodeDecision, decodeOutcome } from '../../src/storage/worker/decisionCodec.ts';
import { practiceModels } from '../fakes/practiceModels.ts';
import type { Workbench } from './driver.ts';

type Row = Readonly<Record<string, unknown>>;

/** The log's rows; empty before the first prompt has created the file. */
function logRows({ globalStorageFolder }: Workbench): readonly Row[] {
  const file = path.join(globalStorageFolder, 'pilot.db');
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const [table] = database.prepare("SELECT name FROM sqlite_master WHERE name = 'log'").all();
    return table === undefined ? [] : database.prepare('SELECT * FROM log ORDER BY seq').all();
  } finally {
    database.close();
  }
}

export interface Learnt {
  readonly decisions: readonly Decision[];
  /** All verdicts on the decision in order; a later one revises an earlier one. */
  outcomesOf(decision: Decision): readonly Outcome[];
  /** Mean estimate of the chosen arm for the decision's context, before and after all its outcomes. */
  estimates(decision: Decision): { readonly before: number; readonly after: number };
}

export function readLearnt(workbench: Workbench): Learnt {
  const events = logRows(workbench).map(eventOf);
  const decisions = events.flatMap((event) => (event.type === 'decision' ? [event.decision] : []));
  return {
    decisions,
    outcomesOf: ({ id }) =>
      events.flatMap((event) =>
        event.type === 'outcome' && event.outcome.decisionId === id ? [event.outcome] : [],
      ),
    estimates: (decision) => {
      const own = (event: Event): boolean =>
        event.type === 'outcome' && event.outcome.decisionId === decision.id;
      return {
        before: estimate(
          events.filter((event) => !own(event)),
          decision,
        ),
        after: estimate(events, decision),
      };
    },
  };
}

type Event =
  | { readonly type: 'decision'; readonly decision: Decision }
  | { readonly type: 'outcome'; readonly outcome: Outcome };

function eventOf(row: Row): Event {
  const stored = row as Parameters<typeof decodeDecision>[0];
  if (row['type'] === 'decision') {
    const decision = decodeDecision(stored);
    assert.ok(decision, 'the decision can be read');
    return { type: 'decision', decision };
  }
  const outcome = decodeOutcome(stored);
  assert.ok(outcome, 'the outcome can be read');
  return { type: 'outcome', outcome };
}

function estimate(events: readonly LearnerEvent[], { surface, chosen, context, at }: Decision): number {
  const learner = new Learner(learnerSpec());
  for (const event of events) learner.fold(event);
  const [found] = learner.estimate(headOf(surface), [chosen], context, at) ?? [];
  assert.ok(found, 'the decision is of the shipped space');
  return found.mean;
}

/** As in src/engine.ts, with the practice models' prices. */
function learnerSpec(): ConstructorParameters<typeof Learner>[0] {
  const space = decodeSpace(JSON.parse(readFileSync(inRoot('media/space.json'), 'utf8')));
  assert.ok(space.ok);
  const { models, id, dimension, learnt } = space.value;
  const priorFor = (armId: ArmId) => {
    const model = armId.slice(armId.indexOf('/') + 1);
    const price = practiceModels.find((each) => each.id === model)?.price;
    return armPrior(priorOf(models, model, price), PILOT);
  };
  return { spaceId: id, dimension, learnt, preset: PILOT, priorFor };
}
