/** The DecisionLog and UsageReader ports over the worker. */
import type { DecisionAsOf, DecisionLog, ForgetScope, LogEntry } from '../../app/ports/decisions.ts';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type {
  DecisionPage,
  LoggedDecision,
  PeriodTotal,
  SpendCell,
  SpendFilter,
  SpendGroup,
  SpendRow,
  UsageReader,
} from '../../app/ports/usage.ts';
import type { DecisionId } from '../../core/brand.ts';
import type { Decision, Outcome } from '../../core/decision.ts';
import type { Answer, Argument, LogSnapshot, Operation } from '../protocol.ts';
import type { WorkerClient } from './workerClient.ts';

/** Without a store nothing is learnt: writing does nothing, reading finds nothing. */
export class RemoteLog implements Required<DecisionLog> {
  readonly #worker: WorkerClient;

  constructor(worker: WorkerClient) {
    this.#worker = worker;
  }

  async append(decision: Decision): Promise<void> {
    await this.#worker.ask('append', decision);
  }

  async record(outcome: Outcome): Promise<void> {
    await this.#worker.ask('record', outcome);
  }

  decision(id: DecisionId): Promise<Decision | undefined> {
    return askOr(this.#worker, 'decision', id, undefined);
  }

  async asOf(id: DecisionId, beforeSeq: number): Promise<DecisionAsOf | undefined> {
    const answer = await this.#worker.ask('asOf', { id, beforeSeq });
    if (!answer.ok) throw new Error(`The log did not answer: ${answer.error.message}`);
    return answer.value;
  }

  read(afterSeq: number, limit: number): Promise<readonly LogEntry[]> {
    return askOr(this.#worker, 'read', { afterSeq, limit }, []);
  }

  /** Rejects where it cannot be told: taken for none, what the log no longer holds would be lost with the next save. */
  async loadSnapshot(): Promise<LogSnapshot | undefined> {
    const answer = await this.#worker.ask('loadSnapshot', undefined);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  }

  async saveSnapshot(seq: number, state: unknown): Promise<void> {
    await this.#worker.ask('saveSnapshot', { seq, state });
  }

  forget(scope: ForgetScope): Promise<number> {
    return askOr(this.#worker, 'forget', scope, 0);
  }

  async quarantineSnapshot(reason: string): Promise<void> {
    await this.#worker.ask('quarantineSnapshot', reason);
  }
}

export class RemoteUsage implements Required<UsageReader> {
  readonly #worker: WorkerClient;

  constructor(worker: WorkerClient) {
    this.#worker = worker;
  }

  spend(by: SpendGroup, filter: SpendFilter): Promise<readonly SpendRow[]> {
    return askOr(this.#worker, 'spend', { by, filter }, []);
  }

  cube(period: string, workspaceId: string | undefined): Promise<readonly SpendCell[]> {
    return askOr(this.#worker, 'cube', { period, workspaceId }, []);
  }

  periods(): Promise<readonly PeriodTotal[]> {
    return askOr(this.#worker, 'periods', undefined, []);
  }

  decisions(page: DecisionPage): Promise<readonly LoggedDecision[]> {
    return askOr(this.#worker, 'decisions', page, []);
  }

  holds(): Promise<readonly LedgerEntry[]> {
    return askOr(this.#worker, 'holds', undefined, []);
  }

  charges(): Promise<readonly LedgerEntry[]> {
    return askOr(this.#worker, 'charges', undefined, []);
  }

  entries(afterSeq: number, limit: number): Promise<readonly LedgerEntry[]> {
    return askOr(this.#worker, 'entries', { afterSeq, limit }, []);
  }
}

async function askOr<Op extends Operation>(
  worker: WorkerClient,
  op: Op,
  argument: Argument<Op>,
  otherwise: Answer<Op>,
): Promise<Answer<Op>> {
  const answer = await worker.ask(op, argument);
  return answer.ok ? answer.value : otherwise;
}
