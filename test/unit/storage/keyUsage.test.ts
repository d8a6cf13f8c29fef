/** Calls without a bill, settled by the total billed to their key, but never below what they can have cost together. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { armId, type ReservationId } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import { sharesOfUsage } from '../../../src/core/money/keyUsage.ts';
import { sumsOf, writeMeta, type Books } from '../../../src/storage/worker/books.ts';
import { reconcile } from '../../../src/storage/worker/holds.ts';
import { noteKeyUsage } from '../../../src/storage/worker/keyUsage.ts';
import { openBooks } from '../../../src/storage/worker/recovery.ts';
import { reserve, settle } from '../../../src/storage/worker/reservations.ts';
import { NOON, request, settlement, withFolder } from './fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [ENDPOINT, KEY] = ['router', 'k1'];

async function withBooks(work: (books: Books) => void): Promise<void> {
  await withFolder(async (folder) => {
    const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
    try {
      work(books);
    } finally {
      books.db.close();
    }
  });
}

interface Made {
  readonly at: number;
  readonly endpoint?: string;
}

function made(books: Books, worst: number, { at, endpoint = ENDPOINT }: Made): ReservationId {
  const reserved = reserve(books, request(worst, { armId: armId(endpoint, 'm'), limit: nano(1e5) }), at);
  assert.ok(reserved.ok);
  return reserved.value.id;
}
/** Stopped a minute after its start: an estimate, and the rest of its reservation. */
function stopped(
  books: Books,
  worst: number,
  estimate: number,
  how: Made & { readonly seen?: number },
): ReservationId {
  const id = made(books, worst, how);
  const tokens = { input: 50, cachedInput: 0, cacheWrite: 0, output: 50, reasoning: 0 };
  const held = {
    source: 'estimate',
    heldBack: nano(worst - estimate),
    tokens,
    seenTokens: how.seen ?? 0,
  } as const;
  settle(books, id, { ...settlement(estimate), ...held }, how.at + MINUTE);
  return id;
}
function billed(books: Books, cost: number, source: 'reported' | 'priced-usage', how: Made): void {
  settle(books, made(books, cost, how), { ...settlement(cost), source }, how.at + MINUTE);
}
const read = (books: Books, usd: number, at: number, key = KEY) =>
  noteKeyUsage(books, { endpointId: ENDPOINT, key, usage: nano(usd) }, at);
const november = (books: Books) => sumsOf(books.db, '2026-11');
const row = (books: Books, id: string) => {
  const found = books.db.get('SELECT cost, held, note, source FROM entries WHERE id = ?', id);
  assert.ok(found);
  return found;
};

describe('the usage of a key', () => {
  it('settles stopped calls in proportion, with the second reading after they ended, flagged', () =>
    withBooks((books) => {
      read(books, 10, NOON);
      const [small, large] = [0.2, 0.6].map((worst) => stopped(books, worst, 0.1, { at: NOON + MINUTE }));
      billed(books, 0.05, 'reported', { at: NOON + MINUTE });
      assert.deepEqual(read(books, 10.25, NOON + HOUR), { calls: 0, freed: 0 }, 'it may come late');
      const { calls, freed } = read(books, 10.25, NOON + 2 * HOUR);
      assert.equal(calls, 2);
      // Of 80 cents held, 20 can have been billed.
      assert.ok(Math.abs(freed - nano(0.6)) <= 1_000, String(freed));
      assert.deepEqual(
        [small!, large!].map((id) => Math.round(Number(row(books, id)['cost']) / 1e7)),
        [5, 15],
      );
      assert.equal(row(books, small!)['note'], 'settled-by-key-usage');
      assert.equal(november(books).held, 0);
      assert.ok(november(books).settled >= nano(0.25));
    }));

  it('still records the bill of such a call when it comes', () =>
    withBooks((books) => {
      read(books, 0, NOON);
      const id = stopped(books, 0.5, 0.1, { at: NOON + MINUTE });
      read(books, 0.2, NOON + HOUR);
      read(books, 0.2, NOON + 2 * HOUR);
      const bill = { ...settlement(0.15), source: 'reported' } as const;
      assert.equal(reconcile(books, id, bill, 'told', NOON + 3 * HOUR).isLate, true);
      assert.equal(row(books, id)['cost'], nano(0.15));
    }));

  it('takes off no bill that the provider did not report, and none of a call that began before', () =>
    withBooks((books) => {
      billed(books, 0.3, 'reported', { at: NOON - MINUTE });
      read(books, 0, NOON);
      stopped(books, 0.5, 0.1, { at: NOON + MINUTE });
      billed(books, 0.15, 'priced-usage', { at: NOON + MINUTE });
      billed(books, 0.1, 'reported', { at: NOON + 90 * MINUTE });
      read(books, 0.4, NOON + HOUR);
      read(books, 0.4, NOON + 2 * HOUR);
      // 40 cents were billed to the key, all of which may be the stopped call's.
      assert.ok(november(books).settled - nano(0.55) >= nano(0.4));
    }));

  it('changes nothing where it says no less than is held, or less than was received', () =>
    withBooks((books) => {
      read(books, 0, NOON);
      const id = stopped(books, 0.5, 0.1, { at: NOON + MINUTE, seen: 80 });
      const before = row(books, id);
      read(books, 0.01, NOON + HOUR);
      assert.deepEqual(read(books, 0.01, NOON + 2 * HOUR), { calls: 0, freed: 0 }, 'eight cents are certain');
      read(books, 0.7, NOON + 3 * HOUR);
      assert.deepEqual(row(books, id), before);
    }));

  it('begins anew with another key, with usage that falls, and with a clock that was set back', () =>
    withBooks((books) => {
      const disturbances: readonly ((at: number) => unknown)[] = [
        (at) => read(books, 5, at, 'k2'),
        (at) => read(books, 0, at),
        (at) => read(books, 6, at - 20 * HOUR),
      ];
      let at = NOON;
      for (const disturb of disturbances) {
        read(books, 5, (at += 24 * HOUR));
        const id = stopped(books, 0.5, 0.1, { at: at + MINUTE });
        disturb((at += HOUR));
        read(books, 6, (at += HOUR), 'k3');
        read(books, 6, (at += HOUR), 'k3');
        assert.equal(row(books, id)['held'], nano(0.4));
      }
    }));

  it('says nothing of other endpoints, and garbage in its place is no reading', () =>
    withBooks((books) => {
      read(books, 0, NOON);
      const id = stopped(books, 0.5, 0.1, { at: NOON + MINUTE, endpoint: 'other' });
      read(books, 0, NOON + HOUR);
      read(books, 0, NOON + 2 * HOUR);
      assert.equal(row(books, id)['held'], nano(0.4));
      for (const garbage of [
        '',
        '{',
        'null',
        '{"key":"k1"}',
        '{"key":"k1","at":[[1]]}',
        '{"key":"k1","at":[[-1,2]]}',
      ]) {
        writeMeta(books.db, `usage ${ENDPOINT}`, garbage);
        assert.deepEqual(read(books, 1, NOON + 3 * HOUR), { calls: 0, freed: 0 });
      }
    }));

  it('never counts below what was billed, however late usage comes and whoever else uses the key', async () => {
    const usd = fc.integer({ min: 0, max: 100 }).map((cents) => cents / 100);
    const call = fc.record({
      minute: fc.nat(600),
      truth: usd,
      room: usd,
      lateMinutes: fc.nat(59),
      kind: fc.constantFrom('stopped', 'reported', 'priced'),
      /** The share of a list price that the provider charges. */
      discount: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const others = fc.array(fc.record({ minute: fc.nat(700), usd }), { maxLength: 3 });
    await withBooks((books) => {
      let runs = 0;
      fc.assert(
        fc.property(
          fc.array(call, { minLength: 1, maxLength: 8 }),
          others,
          fc.nat(60),
          (calls, elsewhere, offset) => {
            // Each run has an endpoint of its own, since opening books takes longer than the run.
            const endpoint = `router-${++runs}`;
            const sorted = calls.toSorted((a, b) => a.minute - b.minute);
            const charges = [
              ...sorted.map((one) => ({ from: one.minute + 1 + one.lateMinutes, usd: chargeOf(one) })),
              ...elsewhere.map((one) => ({ from: one.minute, usd: one.usd })),
            ];
            const before = november(books);
            let next = 0;
            for (let minute = offset; minute <= 900; minute += 61) {
              for (; (sorted[next]?.minute ?? Infinity) + 1 < minute; next++) {
                const { kind, truth: cost, room, minute: begun } = sorted[next]!;
                const how = { at: NOON + begun * MINUTE, endpoint };
                if (kind === 'stopped') stopped(books, cost + room, (cost + room) / 4, how);
                else billed(books, cost, kind === 'reported' ? 'reported' : 'priced-usage', how);
              }
              const usage = charges.reduce((sum, one) => sum + (one.from <= minute ? one.usd : 0), 0);
              const reading = { endpointId: endpoint, key: KEY, usage: nano(usage) };
              noteKeyUsage(books, reading, NOON + minute * MINUTE);
            }
            const after = november(books);
            const counted = after.settled + after.held - before.settled - before.held;
            const truth = nano(sorted.reduce((sum, one) => sum + chargeOf(one), 0));
            assert.ok(counted >= truth - 1_000, `${counted} < ${truth}`);
          },
        ),
        { numRuns: 15 },
      );
    });
  });
});

const chargeOf = ({ kind, truth, discount }: { kind: string; truth: number; discount: number }): number =>
  kind === 'priced' ? truth * discount : truth;

describe('shares of a key’s usage', () => {
  const hold = (held: number, certain = 0) => ({ held, certain });

  it('sum to it exactly, and none is below what is certain', () => {
    const amount = fc.nat(1e9);
    const holds = fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(holds, amount, (pairs, most) => {
        const all = pairs.map(([held, certain]) => hold(held, Math.min(held, certain)));
        const shares = sharesOfUsage(most, all);
        if (!shares) return;
        assert.equal(
          shares.reduce((sum, one) => sum + one, 0),
          most,
        );
        for (const [i, share] of shares.entries())
          assert.ok(all[i]!.certain <= share && share <= all[i]!.held + 1, `${share}`);
      }),
    );
  });

  it('are none where it says nothing new, contradicts, or is no amount', () => {
    assert.equal(sharesOfUsage(100, [hold(100)]), undefined);
    assert.equal(sharesOfUsage(5, [hold(100, 10)]), undefined);
    assert.equal(sharesOfUsage(5, []), undefined);
    for (const most of [-1, NaN, Infinity, 0.5]) assert.equal(sharesOfUsage(most, [hold(100)]), undefined);
  });
});
