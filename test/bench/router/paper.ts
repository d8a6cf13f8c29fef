/** PILOT as published, beside the product's preset (PILOT in src/core/learning/preset.ts). */
import type { Preset } from '../../../src/core/learning/preset.ts';

export const PAPER: Preset = {
  name: 'paper',
  scoring: 'cosine',
  alpha: 0.5,
  inlineAlpha: 0.5,
  prior: { kind: 'inverse-accuracy' },
  pool: undefined,
  halfLifeDays: undefined,
  change: undefined,
  exploration: { kind: 'none' },
  trials: undefined,
  burstMargin: 0,
};
