import assert from 'node:assert/strict';
import { nano } from '../../../src/core/money.ts';
import type { ToldBill } from '../../../src/app/ports/money.ts';
import type { ReservationId } from '../../../src/core/brand.ts';
import { ok } from '../../../src/core/result.ts';
import { NOON, clockAt, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

const told = (usd: number): ToldBill => ({
  cost: nano(usd),
  source: 'reported',
  tokens: { input: 100, cachedInput: 0, cacheWrite: 0, output: 70, reasoning: 0 },
});

describe('ledger', () => {
  it('refuses what would pass the limit, and says what is left and until when', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ ledger }) => {
        assert.equal((await ledger.reserve(request(0.7))).ok, true);
        const refused = await ledger.reserve(request(0.300000001));
        assert.deepEqual(refused, {
          ok: false,
          error: {
            kind: 'over-limit',
            which: 'month',
            left: nano(0.3),
            resetsAt: new Date(2026, 11, 1).getTime(),
          },
        });
        assert.equal((await ledger.reserve(request(0.3))).ok, true);
        assert.equal(ledger.summary().reserved, nano(1));
      }),
    );
  });

  it('never lets twenty calls at once share the last cent', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ ledger }) => {
        const results = await Promise.all(Array.from({ length: 20 }, () => ledger.reserve(request(0.3))));
        assert.equal(results.filter(({ ok }) => ok).length, 3);
      }),
    );
  });

  it('holds one limit over two windows', async () => {
    await withFolder((folder) =>
      withStore({ folder }, (first) =>
        withStore({ folder, workspaceId: 'w2' }, async (second) => {
          await reserved(first, request(0.6));
          const refused = await second.ledger.reserve(request(0.6, { workspaceId: 'w2' }));
          assert.equal(!refused.ok && refused.error.kind, 'over-limit');
          assert.equal(second.ledger.summary().reserved, nano(0.6));
          assert.equal(second.ledger.summary().workspaceCommitted, 0);
        }),
      ),
    );
  });

  it('settles at what was billed and frees the rest', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        assert.deepEqual(await store.ledger.settle(id, settlement(0.1)), { ok: true, value: { overrun: 0 } });
        const { settled, reserved: open, heldBack } = store.ledger.summary();
        assert.deepEqual([settled, open, heldBack], [nano(0.1), 0, 0]);
      }),
    );
  });

  it('records a bill above its reservation in full', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        const settled = await store.ledger.settle(id, settlement(1.7));
        assert.deepEqual(settled, { ok: true, value: { overrun: nano(1.2) } });
        assert.equal(store.ledger.summary().settled, nano(1.7));
        assert.equal((await store.ledger.reserve(request(0.001))).ok, false);
      }),
    );
  });

  it('refuses a second settlement, and one of a stranger', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        await store.ledger.settle(id, settlement(0.1));
        assert.deepEqual(await store.ledger.settle(id, settlement(0.2)), {
          ok: false,
          error: 'already-settled',
        });
        assert.deepEqual(await store.ledger.void(id, 'no'), { ok: false, error: 'already-settled' });
        const stranger = await store.ledger.settle('nobody' as ReservationId, settlement(0.2));
        assert.deepEqual(stranger, { ok: false, error: 'unknown' });
        assert.equal(store.ledger.summary().settled, nano(0.1));
      }),
    );
  });

  it('takes an unreadable cost for the worst case', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        await store.ledger.settle(id, settlement(0, { cost: Number.NaN as never }));
        assert.equal(store.ledger.summary().settled, nano(0.5));
      }),
    );
  });

  it('gives everything back for a request that was not served', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        assert.equal((await store.ledger.void(id, 'connection refused')).ok, true);
        assert.equal(store.ledger.summary().reserved, 0);
        assert.equal((await store.ledger.reserve(request(1))).ok, true);
      }),
    );
  });

  it('keeps a cancelled call held back until it is released', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        const cancelled = settlement(0.1, { source: 'estimate', heldBack: nano(0.4) });
        await store.ledger.settle(id, cancelled);
        const { settled, heldBack } = store.ledger.summary();
        assert.deepEqual([settled, heldBack], [0, nano(0.5)], 'an estimate is no bill');
        assert.equal((await store.ledger.reserve(request(0.6))).ok, false);
        assert.deepEqual(
          (await store.usage.holds()).map((hold) => hold.id),
          [id],
        );

        assert.deepEqual(await store.ledger.releaseHold(id, 'the bill says so'), ok(nano(0.4)));
        assert.deepEqual(await store.ledger.releaseHold(id, 'again'), ok(0));
        assert.equal((await store.ledger.reserve(request(0.6))).ok, true);
      }),
    );
  });

  it('never holds back more than the reservation', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        await store.ledger.settle(id, settlement(0.2, { heldBack: nano(9) }));
        assert.equal(store.ledger.summary().heldBack, nano(0.5));
      }),
    );
  });

  it('reconciles a hold with what the provider reports, either way', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        await store.ledger.settle(id, settlement(0.1, { source: 'estimate', heldBack: nano(0.4) }));
        assert.equal((await store.ledger.reconcile(id, told(0.15), 'generation look-up')).freed, nano(0.35));
        const { settled, heldBack } = store.ledger.summary();
        assert.deepEqual([settled, heldBack], [nano(0.15), 0]);
        const [entry] = await store.usage.entries(0, 10);
        assert.deepEqual([entry?.source, entry?.tokens.output, entry?.overrun], ['reported', 70, 0]);

        const dear = (await reserved(store, request(0.5))).id;
        await store.ledger.settle(dear, settlement(0.1, { source: 'estimate', heldBack: nano(0.4) }));
        assert.equal((await store.ledger.reconcile(dear, told(0.6), 'generation look-up')).freed, -1e8);
        assert.equal((await store.usage.entries(1, 10))[0]?.overrun, nano(0.1), 'flagged');
        assert.equal((await store.ledger.reconcile(dear, told(0.1), 'again')).cost, undefined, 'once');
      }),
    );
  });

  it('lowers and frees nothing for a bill that speaks of less than was received', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        const cancelled = { source: 'estimate', heldBack: nano(0.4), seenTokens: 71 } as const;
        await store.ledger.settle(id, settlement(0.1, cancelled));
        assert.equal((await store.ledger.reconcile(id, told(0.05), 'too little')).freed, 0);
        assert.equal((await store.ledger.reconcile(id, told(0.2), 'too little still')).freed, 0);
        const { settled, heldBack } = store.ledger.summary();
        assert.deepEqual([settled, heldBack], [0, nano(0.5)]);
        assert.equal((await store.usage.holds())[0]?.note, 'below-visible');
        const long = await reserved(store, request(0.3));
        const sent = { source: 'estimate', heldBack: nano(0.2), seenTokens: 1, sentTokens: 9_000 } as const;
        await store.ledger.settle(long.id, settlement(0.1, sent));
        assert.equal((await store.ledger.reconcile(long.id, told(0.01), 'one prompt token')).freed, 0);
        assert.equal((await store.usage.holds()).find((hold) => hold.id === long.id)?.note, 'below-sent');
      }),
    );
  });

  it('gives out each held call to one window, a few times with growing pauses', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(NOON);
      await withStore({ folder, clock }, (first) =>
        withStore({ folder, clock }, async (second) => {
          const { id } = await reserved(first, request(0.5));
          const generationId = 'gen-1';
          await first.ledger.settle(id, settlement(0.1, { heldBack: nano(0.4), generationId }));
          const take = (store: typeof first) => store.ledger.takeLookUps(['openrouter']);
          assert.deepEqual(await take(first), { due: [], nextAt: NOON + 2000 });
          assert.deepEqual(await first.ledger.takeLookUps(['elsewhere']), { due: [], nextAt: undefined });
          const pauses: number[] = [];
          for (let next: number | undefined = NOON + 2000; next !== undefined;) {
            pauses.push(next - clock.time);
            clock.time = next;
            const [mine, others] = [await take(first), await take(second)];
            assert.deepEqual([mine?.due.length, others?.due.length], [1, 0], 'one window asks');
            assert.deepEqual(
              mine?.due.map((call) => call.generationId),
              [generationId],
            );
            next = mine.nextAt;
          }
          assert.deepEqual(
            [...pauses].sort((a, b) => a - b),
            pauses,
          );
          assert.ok(5 <= pauses.length && pauses.length <= 10, String(pauses));
          assert.equal(first.ledger.summary().heldBack, nano(0.5), 'in the end it stays held');
        }),
      );
    });
  });

  it('asks for no bill of a call that is settled in full or without an id, but for that of a released one', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(NOON);
      await withStore({ folder, clock }, async (store) => {
        const generationId = 'gen-1';
        const full = await reserved(store, request(0.1));
        await store.ledger.settle(full.id, settlement(0.1, { generationId }));
        const nameless = await reserved(store, request(0.2));
        await store.ledger.settle(nameless.id, settlement(0.1, { heldBack: nano(0.1) }));
        const released = await reserved(store, request(0.2));
        await store.ledger.settle(released.id, settlement(0.1, { heldBack: nano(0.1), generationId }));
        await store.ledger.releaseHold(released.id, 'the bill says so');
        clock.time += 10_000;
        assert.deepEqual(
          (await store.ledger.takeLookUps(['openrouter']))?.due.map(({ id }) => id),
          [released.id],
        );
      });
    });
  });

  it('counts what a crash left at its worst case, and still takes the settlement of one who only slept', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(NOON);
      let id: ReservationId | undefined;
      await withStore({ folder, clock }, async (store) => {
        id = (await reserved(store, request(0.5))).id;
      });
      clock.time += 1.9 * 3_600_000;
      await withStore({ folder, clock }, async (store) => {
        assert.deepEqual(await store.usage.holds(), []);
      });
      clock.time += 0.2 * 3_600_000;
      await withStore({ folder, clock }, async (store) => {
        const [entry] = await store.usage.holds();
        assert.deepEqual([entry?.source, entry?.cost], ['worst-case', nano(0.5)]);
        assert.equal(store.ledger.summary().settled, 0);
        assert.equal(store.ledger.summary().heldBack, nano(0.5));
        assert.equal((await store.ledger.settle(id!, settlement(0.1))).ok, true);
        assert.equal(store.ledger.summary().settled, nano(0.1));
        assert.equal((await store.ledger.settle(id!, settlement(0.1))).ok, false);
      });
    });
  });

  it('takes the real settlement of a swept call also after the user released it', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(NOON);
      await withStore({ folder, clock }, async (store) => {
        await reserved(store, request(0.5));
      });
      clock.time += 3 * 3_600_000;
      await withStore({ folder, clock }, async (store) => {
        const [swept] = await store.usage.holds();
        assert.ok(swept);
        assert.deepEqual(
          await store.ledger.releaseHold(swept.id, 'nothing on the bill yet'),
          ok(nano(0.375)),
        );
        assert.deepEqual(await store.usage.holds(), []);
        assert.equal((await store.ledger.settle(swept.id, settlement(0.4))).ok, true);
        assert.equal(store.ledger.summary().settled, nano(0.4));
        const again = await store.ledger.settle(swept.id, settlement(0.1));
        assert.deepEqual(again, { ok: false, error: 'already-settled' });
      });
    });
  });

  it('lowers by workspace and inline limits, never raises', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ ledger }) => {
        const over = async (...order: Parameters<typeof request>): Promise<unknown> => {
          const result = await ledger.reserve(request(...order));
          return !result.ok && result.error.kind === 'over-limit' && result.error.which;
        };
        assert.equal(await over(0.3, { workspaceLimit: nano(0.2) }), 'workspace');
        assert.equal(await over(1.1, { workspaceLimit: nano(9) }), 'month');
        assert.equal(await over(0.3, { purpose: 'inline', inlineLimit: nano(0.1) }), 'inline');
        assert.equal(
          await over(0.3, { purpose: 'retry', surface: 'inline', inlineLimit: nano(0.1) }),
          'inline',
        );
        assert.equal(await over(0.3, { purpose: 'ask', inlineLimit: nano(0.1) }), false);
      }),
    );
  });

  it('raises the limit for this period only', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(NOON);
      await withStore({ folder, clock }, async ({ ledger }) => {
        await ledger.raiseLimit(nano(1));
        assert.equal((await ledger.reserve(request(2))).ok, true);
        assert.equal(ledger.summary().raisedBy, nano(1));
        clock.time = new Date(2026, 11, 1).getTime();
        assert.equal((await ledger.reserve(request(2))).ok, false);
      });
    });
  });

  it('refuses without a limit and lets free calls pass in every case', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ ledger }) => {
        const none = await ledger.reserve(request(0.1, { limit: Number.NaN as never }));
        assert.equal(!none.ok && none.error.kind, 'no-limit-set');
        const zero = await ledger.reserve(request(0.1, { limit: nano(0) }));
        assert.equal(!zero.ok && zero.error.kind, 'over-limit');
        assert.equal((await ledger.reserve(request(0, { limit: nano(0) }))).ok, true);
      }),
    );
  });

  it('turns the month at local midnight and never back', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(new Date(2026, 10, 30, 23, 59, 59, 999).getTime());
      await withStore({ folder, clock }, async (store) => {
        const { id } = await reserved(store, request(1));
        clock.time += 1;
        assert.equal((await store.ledger.reserve(request(1))).ok, true);
        assert.equal(store.ledger.summary().period, '2026-12');
        // A call made in November counts in November, whenever it is settled.
        await store.ledger.settle(id, settlement(0.5));
        assert.equal(store.ledger.summary().settled, 0);

        clock.time -= 40 * 86_400_000;
        const refused = await store.ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'over-limit');
        assert.equal(store.ledger.summary().period, '2026-12');
        assert.deepEqual(
          (await store.usage.periods()).map(({ period, settled, reserved: open }) => [period, settled, open]),
          [
            ['2026-12', 0, nano(1)],
            ['2026-11', nano(0.5), 0],
          ],
        );
      });
    });
  });

  it('asks when the clock was once years ahead, and goes back only by the user’s word', async () => {
    await withFolder(async (folder) => {
      const clock = clockAt(new Date(2099, 0, 5).getTime());
      await withStore({ folder, clock }, async (store) => {
        await reserved(store, request(1));
        clock.time = NOON;
        const refused = await store.ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'needs-confirmation');
        assert.equal(store.ledger.summary().period, '2099-01');
        await store.ledger.confirmTotal(nano(0.5));
        assert.deepEqual(
          [store.ledger.summary().period, store.ledger.summary().settled],
          ['2026-11', nano(0.5)],
        );
        assert.equal((await store.ledger.reserve(request(0.6))).ok, false);
        assert.equal((await store.ledger.reserve(request(0.5))).ok, true);
      });
    });
  });

  it('counts requests by surface and hour, not the retries', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ ledger }) => {
        for (const purpose of ['ask', 'inline', 'inline', 'retry', 'test'] as const) {
          await ledger.reserve(request(0.01, { purpose }));
        }
        assert.deepEqual(ledger.summary().requests, { ask: 1, inline: 2, chat: 0 });
        // Wednesday noon.
        const { hourOfWeek, hourOfWeekBySurface: by, recentDays } = ledger.summary();
        const noon = 2 * 24 + 12;
        assert.equal(hourOfWeek[noon], 3);
        assert.deepEqual([by?.ask[noon], by?.inline[noon], by?.chat[noon]], [1, 2, 0]);
        assert.deepEqual(recentDays, [...new Array<number>(13).fill(0), 3]);
      }),
    );
  });

  it('does not count free completions as demand the month must pay for, but as calls', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ ledger, usage }) => {
        for (const purpose of ['ask', 'chat', 'inline', 'inline'] as const) {
          await ledger.reserve(request(0, { purpose }));
        }
        assert.deepEqual(ledger.summary().requests, { ask: 1, inline: 0, chat: 1 });
        assert.equal(ledger.summary().hourOfWeek[2 * 24 + 12], 2);
        const calls = (await usage.spend('surface', {})).map(({ key, calls: n }) => [key, n]);
        assert.deepEqual(Object.fromEntries(calls), { ask: 1, chat: 1, inline: 2 });
      }),
    );
  });

  it('tells each threshold once over all windows, and again for a raised limit', async () => {
    await withFolder((folder) =>
      withStore({ folder }, (first) =>
        withStore({ folder }, async (second) => {
          const spend = async (cost: number): Promise<void> => {
            const { id } = await reserved(first, request(cost));
            await first.ledger.settle(id, settlement(cost));
          };
          const percents = async (store: typeof first): Promise<unknown[]> =>
            (await store.ledger.takeNotices(nano(1))).map((notice) =>
              notice.kind === 'spent' ? notice.percent : notice.kind,
            );
          await spend(0.49);
          assert.deepEqual(await percents(first), []);
          await spend(0.3);
          assert.deepEqual(await percents(first), [75], 'one at a time, the highest');
          assert.deepEqual(await percents(second), []);
          await spend(0.21);
          assert.deepEqual(await percents(second), [100]);
          await first.ledger.raiseLimit(nano(1));
          assert.deepEqual(await percents(second), [50]);
          assert.deepEqual(await percents(first), []);
        }),
      ),
    );
  });

  it('tells its listeners, also of what another window did', async () => {
    await withFolder((folder) =>
      withStore({ folder, pollMs: 20 }, (first) =>
        withStore({ folder }, async (second) => {
          const heard = new Promise<void>((resolve) => {
            first.ledger.onDidChange(() => {
              if (first.ledger.summary().reserved === nano(0.2)) resolve();
            });
          });
          await reserved(second, request(0.2));
          await heard;
        }),
      ),
    );
  });
});
