import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { armId, type DecisionId, type NanoUsd } from '../../../src/core/brand.ts';
import type { Decision, Outcome } from '../../../src/core/decision.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import {
  appendDecision,
  pruneLog,
  readLog,
  recordOutcome,
  saveSnapshot,
} from '../../../src/storage/worker/logTables.ts';
import { databaseFile, openBooks } from '../../../src/storage/worker/recovery.ts';
import { DAY, NOON, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

const cheap = armId('ollama', 'small');
const dear = armId('openrouter', 'large');

function decision(n: number, other: Partial<Decision> = {}): Decision {
  const quote = {
    armId: dear,
    expected: 5 as NanoUsd,
    worstCase: 50 as NanoUsd,
    inputTokens: 100,
    outputTokens: 20,
    outputCap: 256,
  };
  // With the prompt cache's effect, and without it, as before it was recorded.
  const cache = { cachedTokens: 80, coldCost: 9 as NanoUsd, meanCost: 6 as NanoUsd };
  const evidence = {
    mean: 0.7,
    width: 0.1,
    index: 0.8,
    score: 0.75,
    propensity: 0.9,
    observations: 12.5,
    quote,
  };
  return {
    id: `decision-${n}` as DecisionId,
    at: NOON + n,
    surface: 'ask',
    workspaceId: 'w1',
    context: {
      spaceId: 'pilot-1',
      x: Float64Array.of(1, 0.1 + 0.2, -1 / 3),
      coarse: { task: 'fix', language: 'typescript', lengthBucket: 7, turn: 1 },
    },
    chosen: dear,
    kind: 'best',
    arms: [
      { ...evidence, armId: dear, excluded: undefined },
      { ...evidence, armId: cheap, quote: { ...quote, armId: cheap, cache }, excluded: 'not-worth-price' },
    ],
    policy: { policy: 'shadow-price', price: 12.5, utilization: 0.25 },
    tookMs: 0.3,
    ...other,
  };
}

const outcome = (n: number, other: Partial<Outcome> = {}): Outcome => ({
  decisionId: `decision-${n}` as DecisionId,
  at: NOON + n + 1,
  kind: 'thumb-up',
  reward: 1,
  weight: 1,
  ...other,
});

describe('decision log', () => {
  it('gives back what was written, to the last bit and in order', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ log }) => {
        await log.append(decision(1));
        await log.record(outcome(1));
        await log.append(decision(2, { surface: 'inline', kind: 'explore' }));
        await log.record(outcome(1, { kind: 'cleared', reward: undefined }));
        const rows = await log.read(0, 100);
        assert.deepEqual(rows, [
          { seq: 1, type: 'decision', decision: decision(1) },
          { seq: 2, type: 'outcome', outcome: outcome(1) },
          { seq: 3, type: 'decision', decision: decision(2, { surface: 'inline', kind: 'explore' }) },
          { seq: 4, type: 'outcome', outcome: outcome(1, { kind: 'cleared', reward: undefined }) },
        ]);
        assert.deepEqual(await log.read(2, 1), rows.slice(2, 3));
        assert.deepEqual(
          await log.decision('decision-2' as DecisionId),
          decision(2, { surface: 'inline', kind: 'explore' }),
        );
        assert.equal(await log.decision('nobody' as DecisionId), undefined);
      }),
    );
  });

  it('tells what was last said of a decision before a position, and does not guess', async () => {
    await withFolder(async (folder) => {
      const id = 'decision-1' as DecisionId;
      const down = outcome(1, { kind: 'thumb-down', reward: 0 });
      await withStore({ folder }, async ({ log }) => {
        await log.append(decision(1));
        await log.record(outcome(1));
        await log.record(outcome(2));
        await log.record(down);
        await log.record(outcome(1, { weight: 0.3 }));
      });
      const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
      db.run(`UPDATE log SET body = 'rotted' WHERE seq = 5`);
      db.close();
      await withStore({ folder }, async (store) => {
        const { log } = store;
        const said = [2, 3, 4, 5, Number.MAX_SAFE_INTEGER].map((seq) => log.asOf(id, seq));
        const [none, ...later] = await Promise.all(said);
        assert.deepEqual(none, { decision: decision(1), outcome: undefined });
        assert.deepEqual(
          later.map((each) => each?.outcome),
          [outcome(1), outcome(1), down, down],
        );
        assert.equal(await log.asOf('decision-2' as DecisionId, 9), undefined, 'its decision is not there');
        await store.close();
        await assert.rejects(log.asOf(id, 9));
      });
    });
  });

  it('leaves out a row that has rotted, whatever it holds', async () => {
    await withFolder(async (folder) => {
      await withStore({ folder }, async ({ log }) => {
        for (let n = 1; n <= 4; n++) await log.append(decision(n));
      });
      const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
      db.run(`UPDATE log SET body = '{"v":1,"arms":[[1]],"__proto__":{}}' WHERE seq = 1`);
      db.run(`UPDATE log SET body = 'no json' WHERE seq = 2`);
      db.run(`UPDATE log SET x = x'0102' WHERE seq = 3`);
      db.close();
      await withStore({ folder }, async ({ log, usage }) => {
        assert.deepEqual(
          (await log.read(0, 2)).map(({ seq }) => seq),
          [4],
        );
        assert.deepEqual(
          (await usage.decisions({ limit: 10 })).map(({ seq }) => seq),
          [4],
        );
      });
    });
  });

  it('never lets a prompt reach the file, even one that hangs on a decision', async () => {
    await withFolder(async (folder) => {
      const secret = 'the launch code is 0000';
      const tainted = { ...decision(1), prompt: secret } as Decision;
      const context = {
        ...tainted.context,
        text: secret,
        coarse: { ...tainted.context.coarse, words: secret },
      };
      await withStore({ folder }, async (store) => {
        await store.log.append({ ...tainted, context });
        await store.log.record({ ...outcome(1), text: secret } as Outcome);
        const { id } = await reserved(store, { ...request(0.1), prompt: secret } as ReturnType<
          typeof request
        >);
        await store.ledger.settle(id, { ...settlement(0.1), answer: secret } as ReturnType<
          typeof settlement
        >);
      });
      for (const name of readdirSync(folder)) {
        assert.equal(readFileSync(path.join(folder, name)).includes('launch code'), false, name);
      }
    });
  });

  it('keeps the newest snapshot and, when that is bad, the one before', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async ({ log }) => {
        assert.equal(await log.loadSnapshot(), undefined);
        await log.saveSnapshot(3, { version: 1, arms: [1] });
        await log.saveSnapshot(7, { version: 1, arms: [2] });
        assert.deepEqual(await log.loadSnapshot(), { seq: 7, state: { version: 1, arms: [2] } });
        await log.quarantineSnapshot('wrong dimension');
        assert.deepEqual(await log.loadSnapshot(), { seq: 3, state: { version: 1, arms: [1] } });
      }),
    );
  });

  it('leaves out rows that cannot be read, and no others: a page is short only at the end', async () => {
    await withFolder(async (folder) => {
      const { db } = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      try {
        for (let n = 1; n <= 9; n++) appendDecision(db, decision(n));
        db.run(`UPDATE log SET body = '{"arms":' WHERE seq IN (2, 3)`);
        db.run(`UPDATE log SET x = x'00' WHERE seq = 4`);
        const seqs = (after: number, limit: number): readonly number[] =>
          readLog(db, after, limit).map(({ seq }) => seq);
        assert.deepEqual(seqs(0, 3), [1, 5, 6]);
        assert.deepEqual(seqs(6, 3), [7, 8, 9]);
        assert.deepEqual(seqs(9, 3), []);
      } finally {
        db.close();
      }
    });
  });

  it('drops what is old only once a snapshot covers it', async () => {
    await withFolder(async (folder) => {
      const { db } = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      try {
        for (let n = 0; n < 10; n++) {
          appendDecision(db, decision(n));
          recordOutcome(db, outcome(n));
        }
        assert.equal(pruneLog(db, NOON + 400 * DAY), 0);
        assert.equal(pruneLog(db, NOON, 4), 0);
        saveSnapshot(db, 10, {});
        assert.equal(pruneLog(db, NOON, 4), 10);
        assert.equal(readLog(db, 0, 100)[0]?.seq, 11);
        saveSnapshot(db, 20, {});
        assert.equal(pruneLog(db, NOON + 300 * DAY), 0);
        assert.equal(pruneLog(db, NOON + 400 * DAY), 10);
        // A new row never gets a dropped row's number, so a fold from 20 on sees it.
        appendDecision(db, decision(99));
        assert.equal(readLog(db, 20, 1)[0]?.seq, 21);
      } finally {
        db.close();
      }
    });
  });
});

describe('a row dated by a wrong clock', () => {
  it('leaves the log by itself: it does not take the others along', () =>
    withFolder(async (folder) => {
      const { db } = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      for (let n = 1; n <= 5; n++) appendDecision(db, decision(n, n === 4 ? { at: 0 } : {}));
      saveSnapshot(db, 5, {});
      assert.equal(pruneLog(db, NOON + DAY), 1);
      assert.deepEqual(readLog(db, 0, 10).map(({ seq }) => seq), [1, 2, 3, 5]); // prettier-ignore
      db.close();
    }));
});

describe('usage queries', () => {
  it('groups spend by day, model, surface, language, workspace and source', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const spend = async (cost: number, order: Parameters<typeof request>[1]): Promise<void> => {
          const { id } = await reserved(store, request(0.2, order));
          await store.ledger.settle(id, settlement(cost));
        };
        await spend(0.1, { armId: dear, language: 'python' });
        await spend(0.02, { armId: cheap, purpose: 'inline', workspaceId: 'w2' });
        await spend(0.03, { armId: cheap, purpose: 'inline' });
        await reserved(store, request(0.2, { armId: cheap }));
        const rows = async (...query: Parameters<typeof store.usage.spend>): Promise<unknown> =>
          (await store.usage.spend(...query)).map(({ key, settled, calls }) => [key, settled / 1e9, calls]);
        assert.deepEqual(await rows('model', {}), [
          [dear, 0.1, 1],
          [cheap, 0.05, 3],
        ]);
        assert.deepEqual(await rows('day', { period: '2026-11' }), [['2026-11-11', 0.15, 4]]);
        assert.deepEqual(await rows('language', { workspaceId: 'w1' }), [
          ['python', 0.1, 1],
          ['typescript', 0.03, 2],
        ]);
        assert.deepEqual(await rows('workspace', {}), [
          ['w1', 0.13, 3],
          ['w2', 0.02, 1],
        ]);
        assert.deepEqual(await rows('surface', { period: '2026-10' }), []);
        const [dearest] = await store.usage.spend('source', {});
        assert.deepEqual(
          [dearest?.key, dearest?.tokens],
          ['priced-usage', { input: 300, cachedInput: 30, cacheWrite: 0, output: 150, reasoning: 0 }],
        );
      }),
    );
  });

  it('pages through decisions, newest first, with outcome and cost', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        for (let n = 1; n <= 5; n++)
          await store.log.append(decision(n, { surface: n % 2 ? 'ask' : 'inline' }));
        await store.log.record(outcome(4));
        const { id } = await reserved(store, request(0.2, { decisionId: 'decision-4' as DecisionId }));
        await store.ledger.settle(id, settlement(0.1));
        const [newest, second] = await store.usage.decisions({ limit: 2 });
        assert.deepEqual([newest?.decision.id, newest?.outcome, newest?.cost], ['decision-5', undefined, 0]);
        assert.deepEqual([second?.outcome, second?.cost], [outcome(4), 100_000_000]);
        const inline = await store.usage.decisions({ before: second!.seq, limit: 9, surface: 'inline' });
        assert.deepEqual(
          inline.map((row) => row.decision.id),
          ['decision-2'],
        );
      }),
    );
  });
});
