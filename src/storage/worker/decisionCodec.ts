/**
 * A decision and an outcome as rows. Encoding names each field, so no other member of the object, such as a prompt,
 * reaches the file; decoding checks each field, since files can be damaged.
 */
import type { ArmId, DecisionId } from '../../core/brand.ts';
import type {
  ArmEvidence,
  CoarseFeatures,
  Context,
  Decision,
  DecisionKind,
  ExclusionReason,
  Outcome,
  OutcomeKind,
  Quote,
  Surface,
  TaskType,
} from '../../core/decision.ts';
import type { NanoUsd } from '../../core/brand.ts';
import type { Row } from './database.ts';
import { isObject } from '../../core/shape.ts';

/** Body of a decision's row, version 1: everything except the queried columns. */
export function encodeDecision(decision: Decision): { readonly body: string; readonly x: Uint8Array } {
  const { context, policy } = decision;
  const { coarse } = context;
  const body = {
    v: 1,
    kind: decision.kind,
    space: context.spaceId,
    coarse: [coarse.task, coarse.language, number(coarse.lengthBucket), number(coarse.turn)],
    policy: [policy.policy, number(policy.price), number(policy.utilization)],
    tookMs: number(decision.tookMs),
    arms: decision.arms.map(encodeArm),
  };
  return { body: JSON.stringify(body), x: bytesOf(context.x) };
}

/** Undefined when this version cannot read the row. */
export function decodeDecision(row: Row): Decision | undefined {
  const body = parse(row['body']);
  const context = decodeContext(body, row['x']);
  const policy = body?.['policy'];
  const arms = body?.['arms'];
  if (!body || !context || !isList(policy) || !isList(arms)) return undefined;
  const decoded = arms.map(decodeArm);
  const [name, price, utilization] = policy;
  const { id, at, surface, workspace, chosen } = columnsOf(row);
  const { kind, tookMs } = body;
  if (!isText(name) || !isNumber(price) || !isNumber(utilization)) return undefined;
  if (!isText(kind) || !isNumber(tookMs) || !decoded.every((arm) => arm !== undefined)) return undefined;
  if (!isText(id) || !isNumber(at) || !isText(surface) || !isText(workspace) || !isText(chosen))
    return undefined;
  return {
    id: id as DecisionId,
    at,
    surface: surface as Surface,
    workspaceId: workspace,
    context,
    chosen: chosen as ArmId,
    kind: kind as DecisionKind,
    arms: decoded,
    policy: { policy: name, price, utilization },
    tookMs,
  };
}

export const encodeOutcome = ({ kind, reward, weight }: Outcome): string =>
  JSON.stringify({
    v: 1,
    kind,
    reward: reward === undefined ? null : number(reward),
    weight: number(weight),
  });

export function decodeOutcome(row: Row): Outcome | undefined {
  const body = parse(row['body']);
  const { id, at } = columnsOf(row);
  const reward = body?.['reward'];
  if (!body || !isText(id) || !isNumber(at) || !isText(body['kind']) || !isNumber(body['weight']))
    return undefined;
  if (reward !== null && !(isNumber(reward) && isShare(reward))) return undefined;
  if (!isShare(body['weight'])) return undefined;
  return {
    decisionId: id as DecisionId,
    at,
    kind: body['kind'] as OutcomeKind,
    reward: reward ?? undefined,
    weight: body['weight'],
  };
}

function encodeArm(arm: ArmEvidence): readonly unknown[] {
  const { quote } = arm;
  return [
    arm.armId,
    ...[arm.mean, arm.width, arm.index, arm.score, arm.propensity, arm.observations].map(number),
    ...[quote.expected, quote.worstCase, quote.inputTokens, quote.outputTokens, quote.outputCap].map(number),
    arm.excluded ?? null,
    // Rows from before the cache was recorded end here.
    ...(quote.cache
      ? [quote.cache.cachedTokens, quote.cache.coldCost, quote.cache.meanCost].map(number)
      : []),
  ];
}

/** Undefined when it does not have the form of `encodeArm`. */
function decodeCache(stored: readonly unknown[]): Pick<Quote, 'cache'> | undefined {
  if (stored.length === 0) return {};
  const [cachedTokens, coldCost, meanCost] = stored;
  if (stored.length !== 3 || !isNumber(cachedTokens) || !isNumber(coldCost) || !isNumber(meanCost))
    return undefined;
  return { cache: { cachedTokens, coldCost: coldCost as NanoUsd, meanCost: meanCost as NanoUsd } };
}

function decodeArm(stored: unknown): ArmEvidence | undefined {
  if (!isList(stored) || stored.length < 13) return undefined;
  const [id, ...rest] = stored.slice(0, 13);
  const excluded = rest.pop();
  const cache = decodeCache(stored.slice(13));
  if (!cache) return undefined;
  if (!isText(id) || !rest.every(isNumber) || !(excluded === null || isText(excluded))) return undefined;
  const [mean, width, index, score, propensity, observations, expected, worst, input, output, cap] =
    rest as Eleven;
  const armId = id as ArmId;
  return {
    armId,
    mean,
    width,
    index,
    score,
    quote: {
      armId,
      expected: expected as NanoUsd,
      worstCase: worst as NanoUsd,
      inputTokens: input,
      outputTokens: output,
      outputCap: cap,
      ...cache,
    },
    excluded: excluded === null ? undefined : (excluded as ExclusionReason),
    propensity,
    observations,
  };
}

type Eleven = [number, number, number, number, number, number, number, number, number, number, number];

function decodeContext(body: Raw | undefined, x: unknown): Context | undefined {
  const coarse = body?.['coarse'];
  if (
    !body ||
    !isText(body['space']) ||
    !isList(coarse) ||
    !(x instanceof Uint8Array) ||
    x.length % 8 !== 0
  ) {
    return undefined;
  }
  const [task, language, lengthBucket, turn] = coarse;
  if (!isText(task) || !isText(language) || !isNumber(lengthBucket) || !isNumber(turn)) return undefined;
  const features: CoarseFeatures = { task: task as TaskType, language, lengthBucket, turn };
  // A copy, since a Float64Array needs an aligned buffer.
  const view = new Float64Array(Uint8Array.from(x).buffer);
  // Its members lie in [-1, 1]; one flipped bit can make 1e300 of a member, which would outweigh everything else in a
  // fold.
  if (!view.every((value) => Math.abs(value) <= LARGEST)) return undefined;
  return { spaceId: body['space'], x: view, coarse: features };
}

const columnsOf = (row: Row) => ({
  id: row['decision_id'],
  at: row['at'],
  surface: row['surface'],
  workspace: row['workspace'],
  chosen: row['arm'],
});

const bytesOf = (x: Float64Array): Uint8Array => new Uint8Array(Float64Array.from(x).buffer);

type Raw = Readonly<Record<string, unknown>>;

/** Prototype keys in a stored body are plain data here: nothing is merged from it. */
function parse(body: unknown): Raw | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) && (value as Raw)['v'] === 1 ? (value as Raw) : undefined;
  } catch {
    return undefined;
  }
}

const LARGEST = 1.01;
const isShare = (value: number): boolean => 0 <= value && value <= 1;
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
/** JSON has neither NaN nor infinity; any other value is no evidence. */
const number = (value: number): number => (Number.isFinite(value) ? value : 0);
