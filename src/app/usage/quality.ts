/** Learned quality by model: the estimates behind each decision, averaged over equal stretches. */
import type { ArmId } from '../../core/brand.ts';
import type { Digest, DigestArm } from './digest.ts';

export interface QualityPoint {
  /** Number of decisions up to the middle of this stretch. */
  readonly prompt: number;
  readonly mean: number;
  /** One standard uncertainty. */
  readonly width: number;
  readonly observations: number;
}

export interface QualitySeries {
  readonly armId: ArmId;
  readonly points: readonly QualityPoint[];
}

const maxStretches = 40;
/** The average over a shorter stretch depends mostly on which prompts it contains. */
const minStretch = 5;

/** The series of the most recently used models, ordered by their latest estimate, best first. */
export function qualitySeries({ rows }: Pick<Digest, 'rows'>, maxSeries = 6): readonly QualitySeries[] {
  const size = Math.max(minStretch, Math.ceil(rows.length / maxStretches));
  const series = new Map<ArmId, QualityPoint[]>();
  for (let from = 0; from < rows.length; from += size) {
    const stretch = rows.slice(from, from + size);
    for (const [armId, arms] of byArm(stretch.flatMap((row) => row.arms))) {
      const points = series.get(armId) ?? [];
      points.push({
        prompt: from + stretch.length / 2,
        mean: average(arms, ({ mean }) => mean),
        width: average(arms, ({ width }) => width),
        observations: arms.at(-1)?.observations ?? 0,
      });
      series.set(armId, points);
    }
  }
  return [...series]
    .map(([armId, points]) => ({ armId, points }))
    .sort((a, b) => (b.points.at(-1)?.mean ?? 0) - (a.points.at(-1)?.mean ?? 0))
    .slice(0, maxSeries);
}

export function byArm(arms: readonly DigestArm[]): ReadonlyMap<ArmId, readonly DigestArm[]> {
  const groups = new Map<ArmId, DigestArm[]>();
  for (const arm of arms) {
    const group = groups.get(arm.armId);
    if (group) group.push(arm);
    else groups.set(arm.armId, [arm]);
  }
  return groups;
}

export const average = (arms: readonly DigestArm[], of: (arm: DigestArm) => number): number =>
  arms.length === 0 ? 0 : arms.reduce((sum, arm) => sum + of(arm), 0) / arms.length;
