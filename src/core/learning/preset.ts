/**
 * The router's settings as named presets. `paper` is PILOT as published, `pilot` is what the product runs; each
 * difference is a departure whose effect `npm run bench` prints (rows `pilot` and `pilot-paper`).
 *
 * Each departure taken back alone (tuning folds, three seeds, mean of the five files): quality over the best fixed model's
 * at 10 / 25 / 50 % of its cost, and regret over tuned cold LinUCB's on bfcl, cascade9, livecodebench, openhands,
 * routerbench0_subset.
 *
 *   as it ships                          .811 / .920 / .948   1.37 1.11 1.22 .97 .37
 *   cosine instead of dot product        .753 / .843 / .888   1.92 1.38 4.97 .80 .82
 *   a prior whose hold does not fade     .818 / .919 / .955   1.33 1.04 1.03 .94 .38
 *   n_eff of 147 as the prior's hold     .821 / .916 / .952   1.38 1.05 1.13 .98 .42
 *   no forgetting                        .804 / .917 / .944   1.28 1.04 1.22 1.01 .34
 *   no epsilon                           .819 / .916 / .956   1.30 1.13 1.12 .99 .32
 *   Thompson draws (half a width)        .812 / .915 / .950   1.77 1.10 3.60 1.05 .87
 *   learning under no price              .751 / .852 / .903   3.03 2.42 6.48 3.24 .62
 *   ZCL as the cost policy once deployed .751 / .855 / .839   1.37 1.11 1.22 .97 .37
 *
 * What matters is the dot product, a price while learning, and the shadow price. Three seeds tell .01 apart at best: fading
 * and epsilon are there for what a replay without change does not show, namely a prior that is wrong (reversed, after 300
 * feedbacks: cascade9 -.143 without fading, -.128 with) and propensities above zero for off-policy evaluation; forgetting for
 * models that change.
 * The numbers of `pilot` were chosen on the benchmark's tuning folds only, one set for all datasets; `language` also by
 * the practice models' hidden ranking (bench:inline, twelve seeds): the best arm for the language is chosen 58 % of the
 * time without indicators, 68 % held by 100, 76 % by 40, 78 % by 10 (84 % by 40 since JavaScript
 * and TypeScript share one); but a looser hold is more uncertainty to explore
 * where all prompts are of one language (livecodebench: regret 21 held by 100, 24 by 40, 28 by 20).
 *
 * `alpha`, six seeds at a quarter of the cost: 0.5 has less regret than 1 (routerbench0_subset 47 against 60, bfcl 39
 * against 43) and no worse end, but finds languages later (72 % of the time) and needs longer to overcome a reversed prior
 * (livecodebench after 300 feedbacks: .85 against .90); 0.7 lies between in regret and has neither fault.
 * Completions are asked for by the hundred a day and cost little, so that their head can afford to look: the hidden
 * ranking is found by 1 (84 % over eight seeds, regret 27 %), while 0.7 stays with the wrong model for good in two of
 * eight seeds (74 %, 37 %).
 */
import type { Head } from '../decision.ts';
import type { ChangeTest } from './change.ts';
import type { Scoring } from './linucb.ts';

export interface Preset {
  readonly name: 'pilot' | 'paper';
  readonly scoring: Scoring;
  /** Width of the optimism in the index: mean + alpha * width. */
  readonly alpha: number;
  /** The inline head's own. */
  readonly inlineAlpha: number;
  readonly prior: PriorStrength;
  /** What all arms share: how generous this user is, how hard these prompts are. Undefined = arms learn alone. */
  readonly pool: Strength | undefined;
  /** Evidence halves in this many days; undefined = never. */
  readonly halfLifeDays: number | undefined;
  /** Notices a model that drops; undefined = models are taken for stationary. */
  readonly change: ChangeTest | undefined;
  readonly exploration: Exploration;
  /** For models that join others already known; undefined = they must earn their place by optimism alone. */
  readonly trials: Trials | undefined;
  /** A conversation changes its model only if the score gains more than this. */
  readonly switchMargin: number;
}

/** How many unit observations the level (intercept), each direction of the content, each language are held by. */
export interface Strength {
  readonly level: number;
  readonly content: number;
  readonly language: number;
}

export type PriorStrength =
  | ({
      readonly kind: 'fading';
      /** After this many feedbacks (all arms together) the hold has halved. */
      readonly halfAt: number;
      /** The hold never falls below this share. */
      readonly floor: number;
    } & Strength)
  /** The paper's lambda_a = 1 / accuracy of the arm in pre-training. */
  | { readonly kind: 'inverse-accuracy' };

export type Exploration =
  | { readonly kind: 'none' }
  /** With probability `epsilon` one of the eligible arms whose mean is within `margin` of the winner's. */
  | { readonly kind: 'epsilon'; readonly epsilon: number; readonly margin: number };

/**
 * While an arm has few observations and its score, with optimism and price, comes within `margin` of the best, it gets its
 * part of `share` of the prompts. Nothing before all arms together have `after` observations: at first everything is new.
 * Measured on the tuning folds after 50 observations at a tenth of the prompts, three seeds: a better model that joins
 * halfway had its tenth use after 14, 29 and 13 prompts on cascade9 instead of 14, never and 13, and after 11, 85 and 244 on
 * bfcl instead of 12, 164 and never; regret -8 % on bfcl, -1 % on cascade9, +6 to +19 % elsewhere. Hence a twentieth, and
 * not before the prior's hold has halved: after 50 observations a reversed prior on routerbench0_subset was overcome to .847 by
 * 300 feedbacks (ten seeds), without trials to .890.
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
  switchMargin: 0.05,
};

export const presetFor = (preset: Preset, head: Head): Preset =>
  head === 'inline' ? { ...preset, alpha: preset.inlineAlpha } : preset;
