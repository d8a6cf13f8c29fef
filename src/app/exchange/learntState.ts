/** The learnt state as src/core/learning/learnerCodec.ts encodes it, on its way out of this machine. */
import { isObject } from '../../core/shape.ts';

/** Without the decisions that still wait for an outcome: they are this machine's, and each holds a prompt's psi. */
export const portableState = (state: unknown): unknown =>
  isObject(state) ? { ...state, pending: [] } : state;

/** Whether it rests on any observation. */
export function hasLearnt(state: unknown): boolean {
  if (!isObject(state) || !('heads' in state)) return false;
  const { heads } = state;
  if (!isObject(heads)) return false;
  return Object.values(heads).some((arms) => Array.isArray(arms) && arms.length > 0);
}
