/** The export form of the learned state as src/core/learning/learnerCodec.ts encodes it. */
import { isObject } from '../../core/shape.ts';

/** Without the decisions that wait for an outcome: they belong to this machine, and each contains a prompt's psi. */
export const portableState = (state: unknown): unknown =>
  isObject(state) ? { ...state, pending: [] } : state;

/** Whether the state contains any observation. */
export function hasLearnt(state: unknown): boolean {
  if (!isObject(state) || !('heads' in state)) return false;
  const { heads } = state;
  if (!isObject(heads)) return false;
  return Object.values(heads).some((arms) => Array.isArray(arms) && arms.length > 0);
}
