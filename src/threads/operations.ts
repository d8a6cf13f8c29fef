/** What a worker thread can be asked, described once: by the functions that answer. All types here follow from them. */
import type { Result } from '../core/result.ts';

/** A thread's operations by name: what it is asked, and its answer at once or later. */
export type Operations = Readonly<Record<string, (...argument: never[]) => unknown>>;

export type Arguments<Ops, Op extends keyof Ops> = Ops[Op] extends (
  ...argument: infer A extends readonly unknown[]
) => unknown
  ? A
  : never;
export type Answer<Ops, Op extends keyof Ops> = Ops[Op] extends (...argument: never[]) => infer R
  ? Awaited<R>
  : never;

/** The other side of some of these operations: the same names and arguments, and the answer later. */
export type Remote<Ops, Op extends keyof Ops> = {
  readonly [K in Op]: (...argument: Arguments<Ops, K>) => Promise<Answer<Ops, K>>;
};

/** What is posted to the thread; `id` is the link's number of this question. */
export interface Question<Op> {
  readonly id: number;
  readonly op: Op;
  /** As `Arguments` of the operation: the link takes no others. */
  readonly argument: readonly unknown[];
}

/** What the thread posts; without a result it is a word in between, and the question goes on. */
export interface Reply<Fault> {
  readonly id: number;
  readonly result?: Result<unknown, Fault>;
}

/** Does what is asked; which arguments belong to which name is known where the question is made. */
export const perform = <Ops extends Operations>(
  operations: Ops,
  { op, argument }: Pick<Question<keyof Ops>, 'op' | 'argument'>,
): unknown => (operations[op] as (...argument: readonly unknown[]) => unknown)(...argument);
