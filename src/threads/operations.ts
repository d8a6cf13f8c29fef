/**
 * The questions that a worker thread answers, defined once by the answering functions. All types here are derived from
 * them.
 */
import type { Result } from '../core/result.ts';

/** A thread's operations by name: the argument, and the answer at once or later. */
export type Operations = Readonly<Record<string, (...argument: never[]) => unknown>>;

export type ArgumentsOf<Ops, Op extends keyof Ops> = Ops[Op] extends (
  ...argument: infer A extends readonly unknown[]
) => unknown
  ? A
  : never;
export type AnswerOf<Ops, Op extends keyof Ops> = Ops[Op] extends (...argument: never[]) => infer R
  ? Awaited<R>
  : never;

/** The other side of some of these operations: the same names and arguments, and a later answer. */
export type Remote<Ops, Op extends keyof Ops> = {
  readonly [K in Op]: (...argument: ArgumentsOf<Ops, K>) => Promise<AnswerOf<Ops, K>>;
};

/** A message to the thread; `id` is the link's number for this question. */
export interface Question<Op> {
  readonly id: number;
  readonly op: Op;
  /** Typed as `Arguments` of the operation: the link accepts no others. */
  readonly argument: readonly unknown[];
}

/** A message of the thread; without a result it is an interim report, and the question stays open. */
export interface Reply<Fault> {
  readonly id: number;
  readonly result?: Result<unknown, Fault>;
}

/** Runs an operation; the sender's types ensure that the arguments belong to the name. */
export const perform = <Ops extends Operations>(
  operations: Ops,
  { op, argument }: Pick<Question<keyof Ops>, 'op' | 'argument'>,
): unknown => (operations[op] as (...argument: readonly unknown[]) => unknown)(...argument);
