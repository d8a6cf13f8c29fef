/**
 * The router's settings as named presets. `paper` is PILOT as published, `pilot` is the product's preset; `npm run
 * bench` prints the effect of the differences (rows `pilot` and `pilot-paper`). docs/decisions.md, "The preset", has
 * the effect of each difference alone and the choice of the numbers.
 */
import type { Head } from '../decision.ts';
import type { ChangeTest } from './change.ts';
import type { Scoring } from './linucb.ts';

export interface Preset {
  readonly name: 'pilot' | 'paper';
  readonly scoring: Scoring;
  /** Width of the optimism in the index: mean + alpha * width. */
  readonly alpha: number;
  /** alpha of the inline head. */
  readonly inlineAlpha: number;
  readonly prior: PriorStrength;
  /** The hold of the part that all arms share (pooling.ts). Undefined = arms learn alone. */
  readonly pool: Strength | undefined;
  /** Evidence halves in this many days; undefined = never. */
  readonly halfLifeDays: number | undefined;
  /** Detects a model that drops; undefined = models count as stationary. */
  readonly change: ChangeTest | undefined;
  readonly exploration: Exploration;
  /** Trials for models that join known ones; undefined = only optimism explores them. */
  readonly trials: Trials | undefined;
  /** During a burst of typing, completions change their model only if the score gains more than this. */
  readonly burstMargin: number;
}

/**
 * How many unit observations the prior is worth for the level (intercept), each direction of the content, and each
 * language.
 */
export interface Strength {
  readonly level: number;
  readonly content: number;
  readonly language: number;
}

export type PriorStrength =
  | ({
      readonly kind: 'fading';
      /** After this many feedbacks (over all arms) the hold has halved. */
      readonly halfAt: number;
      /** The hold never falls below this share. */
      readonly floor: number;
    } & Strength)
  /** The paper's lambda_a = 1 / accuracy of the arm in pre-training. */
  | { readonly kind: 'inverse-accuracy' };

export type Exploration =
  | { readonly kind: 'none' }
  /** With probability `epsilon`, one of the eligible arms whose mean is within `margin` of the winner's. */
  | { readonly kind: 'epsilon'; readonly epsilon: number; readonly margin: number };

/**
 * While an arm has few observations and its score, with optimism and price, comes within `margin` of the best, it gets
 * its part of `share` of the prompts. Trials begin once all arms together have `after` observations, since at first
 * every arm is new. docs/decisions.md, "Trials", has the measurements behind share and start.
 */
export interface Trials {
  readonly share: number;
  readonly margin: number;
  readonly after: number;
}

export const PILOT: Preset = {
  name: 'pilot',
  scoring: 'dot',
  alpha: 0.7,
  inlineAlpha: 1,
  prior: { kind: 'fading', level: 150, content: 100, language: 40, halfAt: 300, floor: 0.1 },
  pool: { level: 300, content: 300, language: 300 },
  halfLifeDays: 30,
  change: { windows: [8, 16, 32], deviations: 4.5, shrink: 4, rest: 15 },
  exploration: { kind: 'epsilon', epsilon: 0.03, margin: 0.1 },
  trials: { share: 0.05, margin: 0.02, after: 300 },
  burstMargin: 0.05,
};

export const presetFor = (preset: Preset, head: Head): Preset =>
  head === 'inline' ? { ...preset, alpha: preset.inlineAlpha } : preset;
