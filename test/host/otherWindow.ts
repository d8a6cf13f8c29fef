/**
 * The money side of a second window, in a process of its own: the packaged storage worker on the same globalStorage,
 * for another workspace. Arguments: that folder, the worker. Answers questions over the IPC channel (windows.test.ts).
 */
import { armId, type ReservationId } from '../../src/core/brand.ts';
import { ZERO, nano } from '../../src/core/money.ts';
import { openStore } from '../../src/storage/host/openStore.ts';

export type OtherQuestion =
  | { readonly ask: 'committed' }
  | { readonly ask: 'reserve'; readonly worstUsd: number; readonly limitUsd: number }
  | { readonly ask: 'void'; readonly id: ReservationId }
  | { readonly ask: 'close' };

/** Nano-USD, for the month, and for this process's workspace alone. */
export interface Committed {
  readonly month: number;
  readonly workspace: number;
}

export type OtherAnswer = Committed | { readonly reserved: ReservationId } | { readonly refused: string };

const [folder = '', workerPath = ''] = process.argv.slice(2);
const store = await openStore({
  folder,
  workerPath,
  workspaceId: 'other-workspace',
  clock: { now: () => Date.now() },
  pollMs: 0,
});
process.on('message', (question: OtherQuestion) => {
  void answer(question).then((said) => {
    process.send?.(said);
    if (question.ask === 'close') process.disconnect();
  });
});
process.send?.(await committed());

async function answer(question: OtherQuestion): Promise<OtherAnswer> {
  switch (question.ask) {
    case 'reserve': {
      const result = await store.ledger.reserve({
        armId: armId('other', 'model'),
        decisionId: undefined,
        purpose: 'ask',
        workspaceId: 'other-workspace',
        language: '',
        worstCase: nano(question.worstUsd),
        expected: nano(question.worstUsd),
        limit: nano(question.limitUsd),
        workspaceLimit: undefined,
        inlineLimit: undefined,
      });
      if (result.ok) return { reserved: result.value.id };
      const { error } = result;
      return { refused: error.kind === 'over-limit' ? `${error.kind}: ${error.which}` : error.kind };
    }
    case 'void':
      await store.ledger.void(question.id, 'not served');
      return committed();
    case 'committed':
      return committed();
    case 'close':
      await store.close();
      return { month: ZERO, workspace: ZERO };
  }
}

/** Any answer of the worker brings the newest totals. */
async function committed(): Promise<Committed> {
  await store.usage.periods();
  const { settled, reserved, heldBack, workspaceCommitted } = store.ledger.summary();
  return { month: settled + reserved + heldBack, workspace: workspaceCommitted };
}
