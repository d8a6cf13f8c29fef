/** Expected prices: under the composer for the next question, and on the two alternatives of each answer. */
import * as vscode from 'vscode';
import { setImmediate } from 'node:timers/promises';
import type { AskEngine, AskSession } from '../../app/ask/ask.ts';
import type { Prepared } from '../../app/ask/assemble.ts';
import { nextPrice, noOffers, offersFor, type NextPrice, type Offers } from '../../app/ask/prices.ts';
import type { PricedArm, Preview } from '../../app/call/preview.ts';
import type { Log } from '../../app/ports/environment.ts';
import type { ArmId } from '../../core/brand.ts';
import type { ToWebview } from '../../protocol/ask.ts';
import { usd } from '../kit/format.ts';
import { about, betterText, nameOf, pricedArmText } from '../words/pricedArm.ts';

const { t } = vscode.l10n;

/** The pause in the typing before a price is computed. */
const quietMs = 150;
/**
 * The number of newest turns whose offers are computed again when models, limits or wishes change; older ones keep
 * theirs.
 */
const refreshedTurns = 10;

export interface AskPricesDeps {
  readonly engine: AskEngine;
  readonly log: Log;
  readonly post: (message: ToWebview) => void;
  readonly current: () => AskSession;
  /** Whether the user chose this conversation's model, so that a wish for a cheaper model has no effect. */
  readonly isChosen: () => boolean;
  /** The question in the composer as it would be sent; undefined while there is none. */
  readonly draft: () => Promise<
    { readonly prepared: Prepared; readonly chosen: ArmId | undefined } | undefined
  >;
}

export class Prices implements vscode.Disposable {
  readonly #deps: AskPricesDeps;
  readonly #subscription: { dispose(): unknown };
  readonly #offers = new Map<string, Offers>();
  /** Turns to compute, the most urgent last. */
  readonly #turns = new Set<string>();
  /** Number of changes of the draft, and the last change that has a price. */
  #drafts = 0;
  #priced = 0;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(deps: AskPricesDeps) {
    this.#deps = deps;
    this.#subscription = deps.engine.onDidChange(() => this.#refresh());
  }

  /** Called when the draft, its context or its model changed. */
  next(): void {
    this.#drafts += 1;
    this.#soon();
  }

  turn(turnId: string): void {
    this.#turns.delete(turnId);
    this.#turns.add(turnId);
    this.#soon();
  }

  /** Called when another conversation is shown: the newest of its turns come first. */
  all(): void {
    this.#turns.clear();
    this.#offers.clear();
    for (const { id } of this.#deps.current().conversation.turns) this.turn(id);
    this.next();
  }

  /** The model named by "Better answer" under this turn. */
  better(turnId: string): ArmId | undefined {
    return this.#offers.get(turnId)?.better?.armId;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#turns.clear();
    this.#subscription.dispose();
  }

  #refresh(): void {
    for (const { id } of this.#deps.current().conversation.turns.slice(-refreshedTurns)) this.turn(id);
    this.next();
  }

  #soon(): void {
    if (this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#run().catch((error: unknown) => this.#deps.log.error('A price could not be computed', error));
    }, quietMs);
  }

  /** Computes one price at a time, with the extension host's other work in between. */
  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (;;) {
        const turnId = [...this.#turns].at(-1);
        if (this.#priced < this.#drafts) await this.#tellNext();
        else if (turnId !== undefined) await this.#tellTurn(turnId);
        else return;
        await setImmediate();
      }
    } finally {
      this.#running = false;
    }
  }

  async #tellNext(): Promise<void> {
    const drafts = (this.#priced = this.#drafts);
    const { engine, current, draft, post } = this.#deps;
    const asked = await draft();
    const conversationId = current().conversation.id;
    const price =
      asked && (await nextPrice(engine, asked.prepared, { conversationId, chosen: asked.chosen }));
    // A change in the meantime is computed and sent next.
    if (drafts === this.#drafts) post({ type: 'price', price: price && this.#nextText(price) });
  }

  async #tellTurn(turnId: string): Promise<void> {
    this.#turns.delete(turnId);
    const { engine, current, isChosen, post } = this.#deps;
    const { conversation } = current();
    const turn = conversation.turns.find(({ id }) => id === turnId);
    if (!turn) return;
    const offers = current().running ? noOffers : await offersFor(engine, conversation, turn);
    this.#offers.set(turnId, offers);
    const { better, cheaper } = offers;
    post({
      type: 'offers',
      turnId,
      better: better && betterText(engine.arms(), better),
      cheaper: cheaper && !isChosen() ? t('Cheaper next time: {0}', this.#armText(cheaper)) : undefined,
    });
  }

  #nextText({ auto, chosen }: NextPrice): { text: string; detail: string } | undefined {
    const parts = [
      ...(chosen ? [this.#armText(chosen)] : []),
      ...(auto ? [t('Auto: {0}', autoText(auto))] : []),
    ];
    if (parts.length === 0) return undefined;
    const basis = t('Estimated from the length of what is sent and of such answers so far.');
    const likely = auto && t('Auto would most likely choose {0}.', this.#name(auto.likely.armId));
    const range = auto && auto.low < auto.high ? t('The range covers the models it may choose.') : undefined;
    const detail = [basis, likely, range].filter((part) => part !== undefined).join(' ');
    return { text: parts.join(' · '), detail };
  }

  #armText(priced: PricedArm): string {
    return pricedArmText(this.#deps.engine.arms(), priced);
  }

  #name(armId: ArmId): string {
    return nameOf(this.#deps.engine.arms(), armId);
  }
}

function autoText({ likely, low, high }: Preview): string {
  if (low === high) return about(likely.cost);
  const from = low === 0 ? t('free') : usd(low);
  return t('{0} ({1} to {2})', about(likely.cost), from, usd(high));
}
