import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { ForgetScope } from '../../../src/app/ports/decisions.ts';
import type { ImportedEntry } from '../../../src/app/ports/money.ts';
import type { NanoUsd, ReservationId } from '../../../src/core/brand.ts';
import { WorkerStore } from '../../../src/storage/worker/workerStore.ts';
import { routedLog, simulatedArms } from '../../fakes/routedLog.ts';
import { type Asked, askOf, clockAt, DAY, NOON, withFolder, withStore } from './fixture.ts';

const decisions = routedLog({ seed: 3, prompts: 40, start: NOON - 10 * DAY, days: 10, budget: 1 }).logged;

/** Appends the log, oldest first, runs `work`, and returns the remaining decisions. */
async function left(scope: ForgetScope): Promise<number> {
  let remaining = -1;
  await withFolder((folder) =>
    withStore({ folder, clock: clockAt(NOON) }, async ({ log }) => {
      for (const { decision, outcome } of [...decisions].reverse()) {
        await log.append(decision);
        if (outcome) await log.record(outcome);
      }
      assert.equal(await log.loadSnapshot(), undefined);
      await log.saveSnapshot(5, { learnt: true });
      assert.ok(await log.loadSnapshot());
      const forgotten = await log.forget(scope);
      const entries = await log.read(0, 1_000);
      remaining = entries.filter(({ type }) => type === 'decision').length;
      assert.equal(forgotten + remaining, decisions.length);
      const ids = new Set(entries.flatMap((each) => (each.type === 'decision' ? [each.decision.id] : [])));
      for (const each of entries) if (each.type === 'outcome') assert.ok(ids.has(each.outcome.decisionId));
      assert.equal(await log.loadSnapshot(), undefined);
    }),
  );
  return remaining;
}

describe('forgetting', () => {
  it('everything', async () => assert.equal(await left({ kind: 'everything' }), 0));

  it('a period, from its first instant to before its last', async () => {
    const [from, until] = [NOON - 5 * DAY, NOON + DAY];
    const kept = decisions.filter(({ decision }) => decision.at < from).length;
    assert.ok(kept > 0 && kept < decisions.length);
    assert.equal(await left({ kind: 'period', from, until }), kept);
  });

  it('a model', async () => {
    const { armId } = { armId: decisions[0]!.decision.chosen };
    const kept = decisions.filter(({ decision }) => decision.chosen !== armId).length;
    assert.equal(await left({ kind: 'model', armId }), kept);
  });

  it('only what was folded', async () => assert.equal(await left({ kind: 'snapshots' }), decisions.length));

  it('leaves no trace of it in the files', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(NOON) }, async ({ log }) => {
        const { decision } = decisions[0]!;
        const marked = { ...decision, workspaceId: 'a-workspace-to-forget' };
        await log.append(marked);
        await log.forget({ kind: 'everything' });
        for (const name of readdirSync(folder)) {
          assert.ok(!readFileSync(path.join(folder, name)).includes(marked.workspaceId), name);
        }
      }),
    ));

  it('cannot be undone by another window that still remembers', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(NOON) }, ({ log: other }) =>
        withStore({ folder, clock: clockAt(NOON) }, async ({ log }) => {
          await other.loadSnapshot();
          await log.forget({ kind: 'everything' });
          await other.saveSnapshot(9, { stale: true });
          assert.equal(await log.loadSnapshot(), undefined);
          await log.saveSnapshot(9, { fresh: true });
          assert.deepEqual((await other.loadSnapshot())?.state, { fresh: true });
        }),
      ),
    ));
});

describe('a window that still remembers', () => {
  const windowOn = (folder: string) => {
    const store = new WorkerStore({ folder, workspaceId: 'w1', busyMs: 100, remembered: undefined });
    const ask = askOf(store);
    return async (...question: Asked): Promise<unknown> => {
      const { result } = await ask(...question);
      assert.ok(result.ok);
      return result.value;
    };
  };

  it('brings nothing back after its connection was opened again', () =>
    withFolder(async (folder) => {
      const [one, other] = [windowOn(folder), windowOn(folder)];
      await other('loadSnapshot');
      await one('forget', { kind: 'everything' });
      // As after an error of the disk: the next question opens the file again.
      await other('close');
      await other('saveSnapshot', 9, { stale: true });
      assert.equal(await one('loadSnapshot'), undefined);
      await one('close');
      await other('close');
    }));

  it('saves nothing through a worker that was restarted and has loaded nothing', () =>
    withFolder(async (folder) => {
      const anew = windowOn(folder);
      await anew('saveSnapshot', 9, { stale: true });
      assert.equal(await anew('loadSnapshot'), undefined);
      await anew('saveSnapshot', 9, { fresh: true });
      assert.deepEqual(await anew('loadSnapshot'), { seq: 9, state: { fresh: true } });
      await anew('close');
    }));
});

describe('importing the ledger', () => {
  const row = (id: string, cost: number, period = '2026-11'): ImportedEntry => ({
    id: id as ReservationId,
    period,
    at: NOON - 2 * DAY,
    armId: simulatedArms[0]!.id,
    purpose: 'ask',
    workspaceId: '0123456789abcdef',
    language: 'rust',
    cost: cost as NanoUsd,
    source: 'reported',
    tokens: { input: 1, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 },
  });

  it('adds each call once, and counts this month’s towards the limit', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(NOON) }, async ({ ledger, usage }) => {
        const rows = [row('a', 5), row('b', 7), row('c', 11, '2026-10')];
        assert.deepEqual(await ledger.importEntries(rows), { added: 3, spent: 23, thisMonth: 12 });
        assert.deepEqual(await ledger.importEntries(rows), { added: 0, spent: 0, thisMonth: 0 });
        assert.equal(ledger.summary().settled, 12);
        const spent = await usage.spend('model', { period: '2026-10' });
        assert.deepEqual(spent.map(({ settled, calls }) => [settled, calls]), [[11, 1]]); // prettier-ignore
      }),
    ));

  it('counts a completion’s retry towards the inline limit, and says of it that it was inline', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(NOON) }, async ({ ledger, usage }) => {
        const retry = { ...row('e', 5), purpose: 'retry' };
        await ledger.importEntries([
          { ...retry, inline: true },
          { ...retry, id: 'f' as ReservationId, inline: false },
          { ...row('g', 3), purpose: 'inline' },
        ]);
        assert.equal(ledger.summary().inlineCommitted, 8);
        assert.deepEqual(
          (await usage.entries(0, 10)).map(({ inline }) => inline),
          [true, false, true],
        );
      }),
    ));

  it('lets other windows in between: the lock is never kept for more than a batch', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(NOON) }, async ({ ledger }) => {
        let changes = 0;
        ledger.onDidChange(() => (changes += 1));
        const rows = Array.from({ length: 4_001 }, (_, n) => row(`r-${n}`, 2));
        assert.deepEqual(await ledger.importEntries(rows), { added: 4_001, spent: 8_002, thisMonth: 8_002 });
        assert.equal(changes, 3, 'one transaction each');
        assert.deepEqual(await ledger.importEntries([]), { added: 0, spent: 0, thisMonth: 0 });
      }),
    ));

  it('takes no call of a month to come', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(NOON) }, async ({ ledger }) => {
        assert.equal((await ledger.importEntries([row('d', 5, '2026-12')]))?.added, 0);
      }),
    ));
});
