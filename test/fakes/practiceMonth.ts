/** A month of prompts to the practice models, up to now, for pictures and for journeys through views full of data. */
import { readFileSync } from 'node:fs';
import type { ArmId } from '../../src/core/brand.ts';
import type { Context } from '../../src/core/decision.ts';
import { extractFeatures } from '../../src/core/features/features.ts';
import { decodeSpace } from '../../src/core/learning/space.ts';
import type { Fill } from './filledStore.ts';
import { practiceEndpointId, practiceModels } from './practiceModels.ts';
import { routedLog, type SimulatedArm } from './routedLog.ts';

const prompts = 420;
/** USD for the elapsed part of the month. */
const budget = 2.4;
/** Chance that an answer is kept, and USD for a prompt of average length, in the order of the practice models. */
const characters = [
  { quality: 0.7, usd: 0.0004, factor: 1.05 },
  { quality: 0.83, usd: 0.003, factor: 0.9 },
  { quality: 0.85, usd: 0.012, factor: 1.1 },
  { quality: 0.9, usd: 0.05, factor: 1 },
] as const;

const questions = [
  ['typescript', 'Write a function that parses a date and says what is wrong with it'],
  ['python', 'Why does this loop skip the last row?'],
  ['rust', 'Explain the lifetime error in this function'],
  ['', 'What is a good name for a branch that fixes a typo?'],
  ['typescript', 'Write unit tests for the cart total, with empty carts and discounts'],
  ['sql', 'Make this query use the index on the date'],
] as const;

export function practiceMonth(now: number): Fill {
  const day = new Date(now);
  const start = new Date(day.getFullYear(), day.getMonth(), 1).getTime();
  const arms = practiceModels.map(({ id }, at): SimulatedArm => ({
    id: `${practiceEndpointId}/${id}` as ArmId,
    ...characters[at]!,
  }));
  const days = Math.max(1, (now - start) / 86_400_000);
  const { logged } = routedLog({ seed: 7, prompts, start, days, budget, arms, contexts: contexts() });
  return { logged, count: logged.length, start, until: now, workspaces: ['w'] };
}

/** In the shipped space, so these prompts' outcomes can be learned. */
function contexts(): readonly Context[] {
  const stored: unknown = JSON.parse(
    readFileSync(new URL('../../media/space.json', import.meta.url), 'utf8'),
  );
  const space = decodeSpace(stored);
  if (!space.ok) throw new Error('media/space.json cannot be used');
  return questions.map(([languageId, text]) =>
    space.value.project(
      extractFeatures({ text, languageId, surface: 'ask', contextChars: 0, turn: 0, referenceCount: 0 }),
    ),
  );
}
