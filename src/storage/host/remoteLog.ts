/** The DecisionLog and UsageReader ports over the worker. */
import type { DecisionLog } from '../../app/ports/decisions.ts';
import type { UsageReader } from '../../app/ports/usage.ts';
import type { AnswerOf, ArgumentsOf } from '../../threads/operations.ts';
import type { StoreOperation, StoreOperations } from '../worker/operations.ts';
import { portOf, type StoreLink } from './storeLink.ts';

/** Without a store nothing is learned: writing does nothing, reading finds nothing. */
export const remoteLog = (link: StoreLink): Required<DecisionLog> => ({
  ...portOf(link, {
    append: undefined,
    record: undefined,
    decision: undefined,
    read: [],
    saveSnapshot: undefined,
    quarantineSnapshot: undefined,
    forget: 0,
  }),
  asOf: (...argument) => askOrThrow(link, 'asOf', argument),
  // Rejects when the store fails: an empty answer would make the next save lose what the log no longer contains.
  loadSnapshot: () => askOrThrow(link, 'loadSnapshot', []),
});

export const remoteUsage = (link: StoreLink): Required<UsageReader> =>
  portOf(link, { spend: [], cube: [], periods: [], decisions: [], holds: [], charges: [], entries: [] });

async function askOrThrow<Op extends StoreOperation>(
  link: StoreLink,
  op: Op,
  argument: ArgumentsOf<StoreOperations, Op>,
): Promise<AnswerOf<StoreOperations, Op>> {
  const answer = await link.ask(op, argument);
  if (!answer.ok) throw new Error(`The log did not answer: ${answer.error.message}`);
  return answer.value;
}
