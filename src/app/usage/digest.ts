/**
 * Summarizes what the decision log says about the models in one pass over its newest pages: learned quality, the
 * quality-cost plane, and the rows for the savings estimate. It keeps only numbers of each decision.
 */
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { headOf, type Decision, type Head } from '../../core/decision.ts';
import type { DecisionPage, LoggedDecision, UsageReader } from '../ports/usage.ts';

export interface DigestArm {
  readonly armId: ArmId;
  readonly mean: number;
  readonly width: number;
  readonly observations: number;
  /** Expected cost in nano-USD. */
  readonly cost: NanoUsd;
  readonly propensity: number;
  /** Whether the arm could answer this prompt at some price. */
  readonly able: boolean;
  readonly worth: boolean;
}

export interface DigestRow {
  readonly at: number;
  readonly kind: Decision['kind'];
  readonly chosen: ArmId;
  /** Cost of its calls in nano-USD. */
  readonly cost: NanoUsd;
  /** Undefined = not observed. */
  readonly reward: number | undefined;
  readonly arms: readonly DigestArm[];
}

export interface Digest {
  /** Oldest first. */
  readonly rows: readonly DigestRow[];
  /** The price of money in the newest decision, as stated by its policy. */
  readonly price: Decision['policy'] | undefined;
  /** Whether the log has more decisions than were read. */
  readonly cut: boolean;
}

/** Sufficient for every estimate here, and read in about a second. */
export const maxDigestRows = 20_000;
const pageSize = 1_000;
const MIN_WEIGHT = 0.5;

export interface DigestOptions {
  readonly head: Head;
  readonly workspaceId: string | undefined;
  readonly maxRows?: number;
  /** Whether the view was closed, so reading stops. */
  readonly abandoned: () => boolean;
}

export async function readDigest(
  usage: Pick<UsageReader, 'decisions'>,
  options: DigestOptions,
): Promise<Digest> {
  const { head, workspaceId, maxRows = maxDigestRows } = options;
  const rows: DigestRow[] = [];
  let price: Decision['policy'] | undefined;
  let before: number | undefined;
  while (rows.length < maxRows && !options.abandoned()) {
    const page: DecisionPage = {
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
      ...(workspaceId === undefined ? {} : { workspaceId }),
      ...(head === 'inline' ? { surface: 'inline' as const } : {}),
    };
    const logged = await usage.decisions(page);
    for (const entry of logged) {
      if (headOf(entry.decision.surface) !== head) continue;
      price ??= entry.decision.policy;
      rows.push(rowOf(entry));
    }
    const last = logged.at(-1);
    // A page may lack unreadable rows, so only an empty page is the end.
    if (!last) return { rows: rows.reverse(), price, cut: false };
    before = last.seq;
  }
  return { rows: rows.slice(0, maxRows).reverse(), price, cut: true };
}

function rowOf({ decision, outcome, cost }: LoggedDecision): DigestRow {
  return {
    at: decision.at,
    kind: decision.kind,
    chosen: decision.chosen,
    cost,
    // A weak signal (copied, then left) does not count as a rating.
    reward: outcome && outcome.weight >= MIN_WEIGHT ? outcome.reward : undefined,
    arms: decision.arms.map(({ armId, mean, width, observations, quote, propensity, excluded }) => ({
      armId,
      mean,
      width,
      observations,
      cost: quote.expected,
      propensity,
      able: excluded === undefined || excluded === 'not-worth-price' || excluded === 'over-limit',
      worth: excluded === undefined,
    })),
  };
}
