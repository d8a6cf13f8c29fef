/**
 * The limit against an adversarial endpoint, which keeps its own count of what it bills: 10,000 calls that are
 * answered, canceled, fail and are repeated, with usage missing, too high, or below the received tokens. As long as the
 * endpoint bills no more than the tokens allowed to it, its own count x price never exceeds the limit.
 */
import assert from 'node:assert/strict';
import type { Arm } from '../../../src/core/arm.ts';
import { billFor, type ReportedUsage, type VisibleOutput } from '../../../src/core/money/billing.ts';
import { armId, type NanoUsd } from '../../../src/core/brand.ts';
import { chatInputBound } from '../../../src/core/money/inputBound.ts';
import { left, nano } from '../../../src/core/money.ts';
import { costOf, quote } from '../../../src/core/money/pricing.ts';
import { committed, sumsOf, type Books } from '../../../src/storage/worker/books.ts';
import { releaseHold } from '../../../src/storage/worker/holds.ts';
import { openBooks } from '../../../src/storage/worker/recovery.ts';
import { reserve, settle, voidReservation } from '../../../src/storage/worker/reservations.ts';
import { seeded } from '../../../scripts/train/random.ts';
import { NOON, request, withFolder } from './fixture.ts';

const LIMIT = nano(2);

const arm = (model: string, other: Partial<Arm> = {}): Arm => ({
  id: armId('fake', model),
  endpointId: 'fake',
  model,
  label: model,
  price: {
    inputUsdPerMTok: 0.5,
    outputUsdPerMTok: 4,
    cachedInputUsdPerMTok: 0.05,
    cacheWriteUsdPerMTok: 0.6,
  },
  contextTokens: 128_000,
  maxOutputTokens: 2_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'none' },
  simulated: true,
  ...other,
});
const arms = [
  arm('plain'),
  arm('reasons-beyond-the-cap', { outputCapCoversReasoning: false, maxOutputTokens: 600 }),
  arm('charges-a-fee', { price: { inputUsdPerMTok: 0.1, outputUsdPerMTok: 1, requestUsd: 0.0001 } }),
];

/** What the endpoint did, and what it reported. */
interface Answer {
  readonly billed: NanoUsd;
  readonly served: boolean;
  readonly usage: ReportedUsage | undefined;
  readonly visible: VisibleOutput;
}

/** Bills at most the byte bound of the input and the tokens allowed for the output; shows a part of what it bills. */
function answer(model: Arm, maxInput: number, cap: number, random: () => number): Answer {
  const fate = random();
  if (fate < 0.05)
    return { billed: 0 as NanoUsd, served: false, usage: undefined, visible: { text: '', events: 0 } };
  const allowed = model.outputCapCoversReasoning ? cap : Math.max(cap, model.maxOutputTokens);
  const cachedInput = random() < 0.2 ? Math.floor((maxInput / 3) * random()) : 0;
  const input = Math.floor((maxInput - cachedInput) * (random() < 0.1 ? 1 : 0.4 * random()));
  const output = Math.floor(allowed * (random() < 0.2 ? 1 : random()));
  const reasoning = model.outputCapCoversReasoning ? 0 : Math.floor(output * random());
  const tokens = { input, cachedInput, cacheWrite: 0, output: output - reasoning, reasoning };
  const billed = costOf(model.price!, tokens);
  const cancelled = fate < 0.3;
  const shown = Math.min(cap, cancelled ? Math.floor(tokens.output * random()) : tokens.output);
  const visible = { text: 'word '.repeat(shown), events: shown };
  if (cancelled || fate < 0.45) return { billed, served: true, usage: undefined, visible };
  if (fate < 0.55) {
    const less = { ...tokens, output: Math.floor(shown * 0.9 * random()), reasoning: 0 };
    const lies = less.output < shown;
    return { billed, served: true, usage: { tokens: lies ? less : tokens, reportedUsd: undefined }, visible };
  }
  const more = fate < 0.6 ? { ...tokens, output: tokens.output * 2 + 10 } : tokens;
  return { billed, served: true, usage: { tokens: more, reportedUsd: undefined }, visible };
}

describe('an endpoint that counts for itself', () => {
  it('bills no more than the limit over 10,000 calls', async () => {
    await withFolder(async (folder) => {
      const books = await openBooks({ folder, busyMs: 1000, remembered: undefined }, NOON);
      // Durability is not tested here, and 20,000 syncs would take most of the time.
      books.db.exec('PRAGMA synchronous = OFF');
      try {
        const random = seeded(7);
        const counts = { sent: 0, refused: 0, billed: 0 };
        for (let n = 0; n < 10_000; n++) {
          oneCall(books, counts, random);
        }
        assert.ok(counts.billed <= LIMIT, `${counts.billed} of ${LIMIT}`);
        assert.ok(counts.sent > 200 && counts.refused > 1000, JSON.stringify(counts));
        assert.ok(counts.billed > 0.1 * LIMIT, JSON.stringify(counts));
        const total = committed(sumsOf(books.db, '2026-11'));
        // Over-reported usage may exceed the limit by the excess in the report; nothing is sent after that.
        assert.equal(
          reserve(books, request(0, { worstCase: left(LIMIT, total), limit: LIMIT }), NOON).ok,
          true,
        );
      } finally {
        books.db.close();
      }
    });
  });
});

function oneCall(
  books: Books,
  counts: { sent: number; refused: number; billed: number },
  random: () => number,
): void {
  const model = arms[Math.floor(random() * arms.length)]!;
  const bound = chatInputBound([{ role: 'user', content: 'x'.repeat(Math.floor(4000 * random() ** 2)) }]);
  const moneyLeft = left(LIMIT, committed(sumsOf(books.db, '2026-11')));
  const quoted = quote(model, {
    maxInputTokens: bound,
    expectedInputTokens: bound / 4,
    expectedOutputTokens: 100,
    outputCap: 500,
    moneyLeft,
  });
  assert.ok(typeof quoted === 'object');
  const order = request(0, {
    armId: model.id,
    worstCase: quoted.worstCase,
    expected: quoted.expected,
    limit: LIMIT,
  });
  const reserved = reserve(books, order, NOON);
  if (!reserved.ok) {
    counts.refused++;
    return;
  }
  counts.sent++;
  const { id } = reserved.value;
  const { billed, served, usage, visible } = answer(model, bound, quoted.outputCap, random);
  counts.billed += billed;
  if (!served) {
    voidReservation(books, id, 'connection refused', NOON);
    return;
  }
  const bill = billFor({
    arm: model,
    worstCase: quoted.worstCase,
    inputTokens: quoted.inputTokens,
    leastInput: 0,
    usage,
    complete: true,
    visible,
  });
  settle(books, id, { ...bill, generationId: undefined }, NOON);
  // The user compares the hold with the provider's bill and finds it settled in full.
  if (bill.heldBack > 0 && billed <= bill.cost && random() < 0.5)
    releaseHold(books, id, 'the bill says so', NOON);
}
