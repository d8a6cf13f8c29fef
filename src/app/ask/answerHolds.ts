/**
 * The amounts that the ledger still reserves for an answer's calls: shown under the answer, and released on the user's
 * request.
 */
import type { DecisionId, NanoUsd, ReservationId } from '../../core/brand.ts';
import { reservedOf } from '../../core/money/available.ts';
import type { LedgerEntry } from '../ports/money.ts';
import { findAnswer, isRunning, type Answer, type Conversation } from './conversations.ts';

interface HoldsLedger {
  /** Ended calls of this month without a known bill. */
  holds(): Promise<readonly LedgerEntry[]>;
  readonly release: Release;
}

/** The shown conversation and the events sent to its surface. */
interface HoldsListener {
  readonly conversation: Conversation;
  tellReleased(answerId: string, released: Released): void;
  tellHolds(holds: readonly LedgerEntry[]): void;
}

export class AnswerHolds {
  readonly #engine: HoldsLedger;
  #refreshing: Promise<void> | undefined;
  #isStale = false;

  constructor(engine: HoldsLedger) {
    this.#engine = engine;
  }

  /**
   * Changes that arrive while the ledger answers are combined into one more look, in the session shown at that time.
   */
  refresh(current: () => HoldsListener): Promise<void> {
    this.#isStale = true;
    return (this.#refreshing ??= this.#refresh(current).finally(() => (this.#refreshing = undefined)));
  }

  /** Releases every call of the answer, its continuations included. The user may still decline. */
  async release(session: HoldsListener, answerId: string): Promise<void> {
    const answer = findAnswer(session.conversation, answerId)?.answer;
    if (!answer) return;
    const holds = await this.#engine.holds();
    const released = await this.#engine.release(callsOf(answer, holds).map(({ id }) => id));
    if (released) session.tellReleased(answerId, released);
    session.tellHolds(await this.#engine.holds());
  }

  async #refresh(current: () => HoldsListener): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      if (!mayHold(current().conversation)) continue;
      const holds = await this.#engine.holds();
      current().tellHolds(holds);
    }
  }
}

/** The released amount, and what the month has available afterwards. */
export interface Released {
  readonly freed: NanoUsd;
  readonly leftNano: NanoUsd | undefined;
}

export type Release = (ids: readonly ReservationId[]) => Promise<Released | undefined>;

/** The answers whose shown amounts changed. `holds`: ended calls without a known bill. */
export function changedHolds(
  conversation: Conversation,
  holds: readonly LedgerEntry[],
): readonly { readonly answerId: string; readonly reserved: NanoUsd | undefined }[] {
  return answersOf(conversation).flatMap((answer) => {
    const sum = callsOf(answer, holds).reduce((all, hold) => all + reservedOf(hold), 0);
    const reserved = sum > 0 && !isRunning(answer) ? (sum as NanoUsd) : undefined;
    return reserved === answer.reserved ? [] : [{ answerId: answer.id, reserved }];
  });
}

const answersOf = ({ turns }: Conversation): readonly Answer[] => turns.flatMap(({ answers }) => answers);

function callsOf({ route, calls = [] }: Answer, holds: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const own: ReadonlySet<DecisionId | undefined> = new Set([...(route ? [route.decisionId] : []), ...calls]);
  return holds.filter(({ decisionId }) => decisionId !== undefined && own.has(decisionId));
}

/** Whether any bill of the conversation is unknown; if not, the ledger need not be asked. */
const mayHold = (conversation: Conversation): boolean =>
  answersOf(conversation).some(
    ({ route, cost, reserved }) =>
      route && (reserved !== undefined || (cost?.source !== 'reported' && cost?.source !== 'priced-usage')),
  );
