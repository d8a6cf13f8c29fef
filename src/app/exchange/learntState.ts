/** The learnt state as src/core/learning/learnerCodec.ts encodes it, on its way out of this machine. */
import { anything, isObject, list, mapOf, object, parse } from '../../core/shape.ts';

/** Without the decisions that still wait for an outcome: they are this machine's, and each holds a prompt's psi. */
export const portableState = (state: unknown): unknown =>
  isObject(state) ? { ...state, pending: [] } : state;

const headsShape = object({ heads: mapOf(list(anything, Infinity)) });

/** Whether it rests on any observation. */
export const hasLearnt = (state: unknown): boolean =>
  Object.values(parse(headsShape, state)?.heads ?? {}).some((arms) => arms.length > 0);
