/** What the ledger stores of a call: everything that the usage view, the export and an audit need. */
import assert from 'node:assert/strict';
import type { CostSource, Purpose } from '../../../src/app/ports/money.ts';
import { armId } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import { request, reserved, settlement, withFolder, withStore } from './fixture.ts';

const purposes: readonly Purpose[] = ['ask', 'inline', 'chat', 'retry', 'embedding', 'test'];
const sources: readonly CostSource[] = ['reported', 'priced-usage', 'estimate', 'worst-case'];

describe('a row of the ledger', () => {
  it('keeps what the call was for, whose it was, its tokens by class, and how its cost is known', () =>
    withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { ledger, usage } = store;
        const calls = purposes.flatMap((purpose, i) =>
          sources.map((source, j) => {
            // All numbers differ, so exchanged columns are detected.
            const of = 10 * (sources.length * i + j);
            const tokens = { input: of + 1, cachedInput: of + 2, cacheWrite: of + 3, output: of + 4, reasoning: of + 5 };
            return { purpose, source, tokens, cost: nano(of / 1e6), workspaceId: `w${j}`, armId: armId('e', `m${i}`) };
          }),
        ); // prettier-ignore
        for (const { purpose, source, tokens, cost, workspaceId, armId: arm } of calls) {
          const { id } = await reserved(
            store,
            request(0.01, { purpose, workspaceId, armId: arm, language: purpose }),
          );
          assert.ok((await ledger.settle(id, settlement(0, { cost, source, tokens }))).ok);
        }
        const kept = await usage.entries(0, 100);
        assert.deepEqual(
          kept.map(({ purpose, source, tokens, cost, workspaceId, armId: arm }) => ({ purpose, source, tokens, cost, workspaceId, armId: arm })),
          calls,
        ); // prettier-ignore
        assert.deepEqual(
          kept.map(({ language }) => language),
          calls.map(({ purpose }) => purpose),
        );
      }),
    ));

  it('says of a call in flight what it may cost at most, and of a void one that it cost nothing', () =>
    withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.3));
        const [inFlight] = await store.usage.entries(0, 1);
        assert.deepEqual([inFlight?.state, inFlight?.worstCase, inFlight?.cost, inFlight?.source], ['reserved', nano(0.3), 0, undefined]); // prettier-ignore
        await store.ledger.void(id, 'connection refused');
        const [gone] = await store.usage.entries(0, 1);
        assert.deepEqual([gone?.state, gone?.cost, gone?.note], ['void', 0, 'connection refused']);
      }),
    ));
});
