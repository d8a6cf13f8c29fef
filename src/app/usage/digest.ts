/**
 * What the decision log says about the models, gathered in one pass over its newest pages: quality as it was learnt,
 * the quality-cost plane, and the rows from which savings are estimated. Only numbers are kept of each decision.
 */
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { headOf, type Decision, type Head } from '../../core/decision.ts';
import type { DecisionPage, LoggedDecision, UsageReader } from '../ports/usage.ts';

export interface DigestArm {
  readonly armId: ArmId;
  readonly mean: number;
  readonly width: number;
  readonly observations: number;
  /** Expected, nano-USD. */
  readonly cost: NanoUsd;
  readonly propensity: number;
  /** Could answer this prompt at some price. */
  readonly able: boolean;
  readonly worth: boolean;
}

export interface DigestRow {
  readonly at: number;
  readonly kind: Decision['kind'];
  readonly chosen: ArmId;
  /** What its calls cost, nano-USD. */
  readonly cost: NanoUsd;
  /** Undefined = not observed. */
  readonly reward: number | undefined;
  readonly arms: readonly DigestArm[];
}

export interface Digest {
  /** Oldest first. */
  readonly rows: readonly DigestRow[];
  /** The newest decision's price of money, as its policy states it. */
  readonly price: Decision['policy'] | undefined;
  /** More decisions are kept than were read. */
  readonly cut: boolean;
}

/** Enough for any estimate here, and read in about a second. */
export const maxDigestRows = 20_000;
const pageSize = 1_000;
const MIN_WEIGHT = 0.5;

export interface DigestOptions {
  readonly head: Head;
  readonly workspaceId: string | undefined;
  readonly maxRows?: number;
  /** True = nobody looks any more: stop reading. */
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
    // A page may be short of rows that could not be read, so only an empty one is the end.
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
    // A weak signal (copied, then left) is no rating.
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
