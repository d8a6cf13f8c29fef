/** Settles ended calls without known bills by the total that their key was billed meanwhile. */
import { inProportion } from './inProportion.ts';

/** Nano-USD. */
export interface UsageHold {
  /** The amount at which it counts: estimate and hold. */
  readonly held: number;
  /** Its certain cost: the share of its estimate for the received text. */
  readonly certain: number;
}

/**
 * The new amounts of the calls, where the key's usage is less than their holds: shares that sum to `most` exactly, none
 * below the call's certain cost, in proportion to the amounts held beyond it. Undefined: the usage has no news, or
 * contradicts the received text and is not believed.
 *
 * @param most the most that all calls together can have cost, in nano-USD: the usage between two readings minus the
 * known bills
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
