/** The stored state of 0.1.0 (test/unit/fixtures/0.1.0), opened by the present code. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeWorkspaceState } from '../../../src/app/call/workspaceState.ts';
import { parseExchange } from '../../../src/app/exchange/exchange.ts';
import { parseSettings } from '../../../src/app/settings/index.ts';
import type { ReservationId } from '../../../src/core/brand.ts';
import { decodeLearner, encodeLearner } from '../../../src/core/learning/learnerCodec.ts';
import { PILOT } from '../../../src/core/learning/preset.ts';
import { decodeCalibration } from '../../../src/core/money/costCalibration.ts';
import { decodeStatistics } from '../../../src/core/money/outputLength.ts';
import { policyByName } from '../../../src/core/money/policies/index.ts';
import { PRESETS } from '../../../src/providers/presets.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { databaseFile, mirrorFile } from '../../../src/storage/worker/recovery.ts';
import { testSpace } from '../../fakes/space.ts';
import { clockAt, fakeMirror, request, settlement, withFolder, withStore } from './fixture.ts';

const fixture = (name: string): string => path.join(import.meta.dirname, '..', 'fixtures', '0.1.0', name);
const json = (name: string): unknown => JSON.parse(readFileSync(fixture(name), 'utf8'));
const facts = json('facts.json') as {
  readonly summary: Readonly<Record<'settled' | 'reserved' | 'heldBack' | 'raisedBy', number>>;
  readonly entries: number;
  readonly decisions: number;
  readonly outcomes: number;
  readonly open: ReservationId;
};
/** A quarter of an hour later, so the open call does not yet count as a crash's. */
const LATER = Date.UTC(2026, 10, 11, 12, 15);

const spec = {
  spaceId: testSpace().id,
  dimension: testSpace().dimension,
  learnt: testSpace().learnt,
  preset: PILOT,
  priorFor: () => ({ theta: testSpace().models.base.slice(), accuracy: 0.6 }),
};

describe('the stored state of 0.1.0', () => {
  const opened = (work: Parameters<typeof withStore>[1], mirror = fakeMirror()): Promise<void> =>
    withFolder((folder) => {
      copyFileSync(fixture('ledger.db'), databaseFile(folder));
      copyFileSync(fixture('month.json'), mirrorFile(folder));
      return withStore({ folder, clock: clockAt(LATER), mirror }, work);
    });

  it('keeps its total, its holds, its raise and its open call, and asks nothing', () =>
    opened(async ({ ledger, usage }) => {
      assert.equal((await usage.entries(0, 100)).length, facts.entries);
      const { settled, reserved, heldBack, raisedBy, state } = ledger.summary();
      const { summary } = facts;
      assert.equal(state, 'ready');
      assert.equal(settled + reserved + heldBack, summary.settled + summary.reserved + summary.heldBack);
      assert.deepEqual([reserved, raisedBy], [summary.reserved, summary.raisedBy]);
      const [hold] = await usage.holds();
      assert.deepEqual([hold?.heldBack, hold?.generationId], [40_000_000, 'gen-1731000000-AbCdEf']);
      assert.equal((await ledger.settle(facts.open, settlement(0.02))).ok, true);
      assert.equal((await ledger.reserve(request(0.1, { limit: 5e9 as never }))).ok, true);
    }));

  it('keeps it also where globalState remembers what 0.1.0 wrote there', () =>
    opened(
      async ({ ledger, usage }) => {
        await usage.periods();
        assert.equal(ledger.summary().state, 'ready');
      },
      fakeMirror(JSON.parse((json('month.json') as { readonly body: string }).body)),
    ));

  it('keeps its decisions, their outcomes and the state learned from them', () =>
    opened(async ({ log }) => {
      const entries = await log.read(0, 100);
      const of = (type: string): number => entries.filter((entry) => entry.type === type).length;
      assert.deepEqual([of('decision'), of('outcome')], [facts.decisions, facts.outcomes]);
      const snapshot = await log.loadSnapshot();
      assert.ok(snapshot && decodeLearner(snapshot.state, spec).ok);
    }));

  it('keeps the learned state to the last bit', () => {
    const stored = json('learned-state.json');
    const learner = decodeLearner(stored, spec);
    assert.ok(learner.ok, JSON.stringify(learner));
    assert.deepEqual(encodeLearner(learner.value), stored);
  });

  it('keeps the workspace’s state: policy, statistics and calibration', () => {
    const state = decodeWorkspaceState(json('workspace-state.json'));
    assert.ok(state);
    const stored = state.policies['shadow-price'];
    assert.ok(stored);
    assert.equal(policyByName('shadow-price').decode(stored).recovered, false);
    const { state: statistics, recovered } = decodeStatistics(state.callStatistics);
    assert.equal(recovered, false);
    assert.ok(statistics.cells.size > 0);
    assert.ok(decodeCalibration(state.costCalibration).size > 0);
    assert.ok(state.sticky.length > 0);
  });

  it('keeps the settings without a problem', () => {
    const settings = json('settings.json') as Record<string, unknown>;
    const parsed = parseSettings(
      { endpoints: settings['pilot.endpoints'], models: settings['pilot.models'] },
      PRESETS,
    );
    assert.deepEqual(parsed.problems, []);
    assert.deepEqual(
      parsed.arms.map(({ id }) => id),
      ['fake/small', 'fake/large'],
    );
  });

  it('is imported from its export', () =>
    withFolder((folder) =>
      withStore({ folder, clock: clockAt(LATER) }, async ({ ledger }) => {
        const parsed = parseExchange(readFileSync(fixture('export.json'), 'utf8'), LATER);
        assert.ok(parsed.ok, JSON.stringify(parsed));
        assert.ok(decodeLearner(parsed.value.learnt, spec).ok);
        const totals = await ledger.importEntries(parsed.value.entries);
        assert.deepEqual([totals?.added, totals?.spent], [facts.entries - 1, facts.summary.settled]);
      }),
    ));

  it('is not touched but for what the new columns need', () =>
    opened(async ({ usage }) => {
      await usage.periods();
      const db = await openDatabase(fixture('ledger.db'), { busyMs: 100, readOnly: true });
      assert.equal(db.pragmaNumber('user_version'), 2, 'the fixture itself stays as it was');
      db.close();
    }));
});
