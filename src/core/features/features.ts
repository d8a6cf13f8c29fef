/**
 * A prompt as numbers: local, deterministic, versioned, no network. The projection in `space.ts` turns these into
 * the bandit's context. An artefact trained for one version of these features refuses another.
 */
import type { CoarseFeatures, Surface } from '../decision.ts';
import { hashGrams, sample, type Grams } from './hashing.ts';
import { languageOf, type LanguageSign } from './language.ts';
import { structureOf } from './structure.ts';
import { taskOf } from './task.ts';

/** Raise with any change to what is extracted, and train again. */
export const FEATURES_VERSION = 3;

export interface PromptView {
  readonly text: string;
  /** VS Code language id, or ''. */
  readonly languageId: string;
  readonly surface: Surface;
  /** Characters of context that go with the prompt. */
  readonly contextChars: number;
  /** 0 for a conversation's first prompt. */
  readonly turn: number;
  /** Files and symbols the user attached. */
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
