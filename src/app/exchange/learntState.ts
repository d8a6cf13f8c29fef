/** The export form of the learned state as src/core/learning/learnerCodec.ts encodes it. */
import { anything, isObject, list, mapOf, object, parse } from '../../core/shape.ts';

/** Without the decisions that wait for an outcome: they belong to this machine, and each contains a prompt's psi. */
export const portableState = (state: unknown): unknown =>
  isObject(state) ? { ...state, pending: [] } : state;

const headsShape = object({ heads: mapOf(list(anything, Infinity)) });

/** Whether the state contains any observation. */
export const hasLearnt = (state: unknown): boolean =>
  Object.values(parse(headsShape, state)?.heads ?? {}).some((arms) => arms.length > 0);
