/**
 * Looks up bills afterwards. A canceled call, or one without usage, keeps the rest of its worst case held against the
 * limit; where its provider can report the cost later, the report ends the hold. The look-ups run beside the prompts
 * and block none; the ledger has their due times, so they continue after a restart.
 */
import type { Arm } from '../../core/arm.ts';
import { costTold } from '../../core/money/billing.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { Clock, Disposable, Log } from '../ports/environment.ts';
import type { BillSource, Usage } from '../ports/models.ts';
import type { Ledger, LookUp, ToldBill } from '../ports/money.ts';

export interface ReconciliationDeps {
  readonly ledger: Pick<Required<Ledger>, 'summary' | 'onDidChange' | 'takeLookUps' | 'reconcile'>;
  readonly source: BillSource;
  /** The arm's price, where a provider reports tokens and no amount. */
  readonly arms: () => readonly Arm[];
  readonly clock: Clock;
  readonly log: Log;
  /** Runs the function once after this many milliseconds. */
  readonly after: (ms: number, run: () => void) => Disposable;
  /** Called when a bill arrived for a call whose hold had been released: it counts in full, and the user is told. */
  readonly onLateBill: (armId: ArmId, cost: NanoUsd) => void;
}

/** The least pause before a look-up, so a new hold ages a little and no clock causes a tight loop. */
const SHORTEST_MS = 2_000;
/** The pause while the ledger is unusable. */
const AGAIN_MS = 600_000;
const LONGEST_MS = 24 * 3_600_000;

export class Reconciliation implements Disposable {
  readonly #deps: ReconciliationDeps;
  readonly #following: Disposable;
  /** Endpoints that reported that they never tell this user; asked again after a restart. */
  readonly #refused = new Set<string>();
  #held = 0;
  #next: { readonly at: number; readonly timer: Disposable } | undefined;
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(deps: ReconciliationDeps) {
    this.#deps = deps;
    this.#following = deps.ledger.onDidChange(() => this.#follow());
    this.#plan(SHORTEST_MS);
  }

  dispose(): void {
    this.#ended = true;
    this.#following.dispose();
    this.#next?.timer.dispose();
  }

  /** Looks up every due call, one after the other. */
  pass(): Promise<void> {
    this.#running ??= this.#askAll()
      .catch((error: unknown) => this.#deps.log.error('Bills could not be asked for', error))
      .finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #askAll(): Promise<void> {
    const { ledger, clock } = this.#deps;
    const endpoints = this.#endpoints();
    if (endpoints.length === 0) return;
    const taken = await ledger.takeLookUps(endpoints);
    for (const call of taken?.due ?? []) {
      if (this.#ended) return;
      await this.#ask(call);
    }
    if (!taken) this.#plan(AGAIN_MS);
    else if (taken.nextAt !== undefined) this.#plan(taken.nextAt - clock.now());
  }

  async #ask(call: LookUp): Promise<void> {
    const { source, ledger, log } = this.#deps;
    const endpointId = endpointOf(call.armId);
    if (this.#refused.has(endpointId)) return;
    const answer = await source.bill(endpointId, call.generationId);
    if (!answer.ok) {
      if (answer.error === 'not-possible') this.#refused.add(endpointId);
      return;
    }
    const told = this.#priced(call.armId, answer.value);
    if (!told) return;
    const { freed, cost, isLate } = await ledger.reconcile(call.id, told, 'told by the provider');
    if (cost !== undefined && isLate) this.#deps.onLateBill(call.armId, cost);
    if (freed < 0)
      log.warn(`${call.armId}: a call cost more than was counted for it; it is recorded in full`);
  }

  #priced(id: ArmId, usage: Usage): ToldBill | undefined {
    const arm = this.#deps.arms().find((candidate) => candidate.id === id);
    const cost = costTold(arm, usage);
    return cost && { ...cost, tokens: usage.tokens };
  }

  #endpoints(): readonly string[] {
    return this.#deps.source.endpoints().filter((id) => !this.#refused.has(id));
  }

  /** More is held than before: there is a new call to look up. */
  #follow(): void {
    const held = this.#deps.ledger.summary().heldBack;
    if (held > this.#held) this.#plan(SHORTEST_MS);
    this.#held = held;
  }

  /** The earlier plan stays. */
  #plan(inMs: number): void {
    if (this.#ended) return;
    const { clock, after } = this.#deps;
    const ms = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, inMs));
    const at = clock.now() + ms;
    if (this.#next && this.#next.at <= at && this.#next.at > clock.now() - LONGEST_MS) return;
    this.#next?.timer.dispose();
    const timer = after(ms, () => {
      this.#next = undefined;
      void this.pass();
    });
    this.#next = { at, timer };
  }
}

const endpointOf = (armId: ArmId): string => armId.slice(0, armId.indexOf('/'));
