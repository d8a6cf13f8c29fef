/**
 * Turns a prompt into numbers, locally, deterministically and without network access. The projection in `space.ts`
 * turns these into the bandit's context. An artifact is valid for exactly one version of these features.
 */
import type { CoarseFeatures, Surface } from '../decision.ts';
import { hashGrams, sample, type Grams } from './hashing.ts';
import { languageOf, type LanguageSign } from './language.ts';
import { structureOf } from './structure.ts';
import { taskOf } from './task.ts';

/** Each change to the extracted features increases it and requires new training. */
export const FEATURES_VERSION = 3;

export interface PromptView {
  readonly text: string;
  /** VS Code language id; '' = none. */
  readonly languageId: string;
  readonly surface: Surface;
  /** Number of characters of context sent with the prompt. */
  readonly contextChars: number;
  /** 0 = the first prompt of a conversation. */
  readonly turn: number;
  /** Number of files and symbols that the user attached. */
  readonly referenceCount: number;
}

export interface Features {
  readonly version: number;
  readonly grams: Grams;
  readonly structure: Float64Array;
  readonly language: LanguageSign;
  readonly coarse: CoarseFeatures;
}

export function extractFeatures(view: PromptView): Features {
  const text = sample(view.text);
  const task = taskOf(text, view.surface);
  return {
    version: FEATURES_VERSION,
    grams: hashGrams(text),
    structure: structureOf({ ...view, text, characters: view.text.length, task }),
    language: languageOf(text, view.languageId),
    coarse: {
      task,
      language: view.languageId,
      lengthBucket: Math.floor(Math.log2(1 + view.text.length)),
      turn: view.turn,
    },
  };
}
