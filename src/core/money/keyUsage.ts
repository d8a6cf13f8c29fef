/** Ended calls whose bills are not known, settled by what their key was billed meanwhile. */
import { inProportion } from './inProportion.ts';

/** Nano-USD. */
export interface UsageHold {
  /** What it counts at: estimate and hold. */
  readonly held: number;
  /** What it cost for certain: the share of its estimate for what was received of it. */
  readonly certain: number;
}

/**
 * What each call is counted at, where the key's usage says less than they are held at: shares that sum to `most` exactly,
 * none below what is certain of it, in proportion to what was held beyond that. Undefined: the usage says nothing new, or
 * contradicts what was received, and then it is not believed.
 *
 * @param most what all of them can have cost together, nano-USD: the usage between two readings less the bills that are known
 */
export function sharesOfUsage(most: number, holds: readonly UsageHold[]): readonly number[] | undefined {
  const sum = (of: (hold: UsageHold) => number): number => holds.reduce((all, hold) => all + of(hold), 0);
  const certain = holds.map((hold) => Math.min(hold.held, Math.max(0, Math.floor(hold.certain))));
  const least = certain.reduce((all, one) => all + one, 0);
  if (!Number.isSafeInteger(most) || holds.length === 0 || most < least || most >= sum(({ held }) => held))
    return undefined;
  const beyond = inProportion(
    most - least,
    holds.map(({ held }, i) => held - (certain[i] ?? 0)),
  );
  return certain.map((one, i) => one + (beyond[i] ?? 0));
}
