/**
 * The hidden skill of each practice model, which PILOT has to discover from what a person keeps. Invented, but
 * realistic: every model explains well, the expensive ones reason better, each cheap one is the best at something
 * small, and no model is best at everything.
 */
import type { TaskType } from '../../../src/core/decision.ts';

export const practiceModelIds = [
  'practice-swift',
  'practice-steady',
  'practice-scholar',
  'practice-sage',
] as const;
export type PracticeModelId = (typeof practiceModelIds)[number];

type Row = Readonly<Record<PracticeModelId, number>>;

const row = (swift: number, steady: number, scholar: number, sage: number): Row => ({
  'practice-swift': swift,
  'practice-steady': steady,
  'practice-scholar': scholar,
  'practice-sage': sage,
});

/** Chance that a person keeps the answer, before the effect of the language. */
const byTask: Readonly<Record<TaskType, Row>> = {
  explain: row(0.82, 0.85, 0.87, 0.88),
  document: row(0.84, 0.85, 0.83, 0.84),
  question: row(0.72, 0.78, 0.84, 0.88),
  chat: row(0.8, 0.82, 0.83, 0.84),
  complete: row(0.66, 0.72, 0.7, 0.62),
  write: row(0.52, 0.68, 0.8, 0.86),
  test: row(0.56, 0.76, 0.8, 0.82),
  fix: row(0.38, 0.58, 0.78, 0.88),
  refactor: row(0.42, 0.64, 0.82, 0.86),
  review: row(0.4, 0.6, 0.8, 0.9),
  math: row(0.15, 0.35, 0.7, 0.93),
  tool: row(0.5, 0.74, 0.82, 0.84),
};

/** The effect of a language. */
const byLanguage: Readonly<Record<string, Row>> = {
  python: row(0.12, 0.02, 0.02, 0.02),
  typescript: row(-0.02, 0.14, 0.02, 0),
  javascript: row(0.02, 0.12, 0.02, 0),
  rust: row(-0.25, -0.12, 0.1, 0.04),
  go: row(-0.05, 0.02, 0.1, 0.02),
  sql: row(0.08, 0.06, 0.02, 0.02),
  css: row(0.12, 0.08, -0.05, -0.1),
  shellscript: row(0.1, 0.02, 0, 0),
};

/** The chance, in (0, 1), that a person would keep this model's text. */
export function hiddenSkill(model: PracticeModelId, language: string, task: TaskType): number {
  const skill = byTask[task][model] + (byLanguage[language]?.[model] ?? 0);
  return Math.min(0.98, Math.max(0.02, skill));
}
