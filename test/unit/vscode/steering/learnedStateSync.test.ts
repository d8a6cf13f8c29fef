/** What Settings Sync may do: never replace what was learned here, and drop what the user had forgotten. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Learning } from '../../../../src/app/call/learning.ts';
import { KeptBaseline } from '../../../../src/vscode/inline/keptBaseline.ts';
import { LearnedStateSync } from '../../../../src/vscode/steering/learnedStateSync.ts';
import { FakeMemento } from '../../../fakes/memento.ts';

const key = 'pilot.learnedState';
const stateOf = (...arms: readonly string[]) => ({ heads: { ask: arms.map((arm) => [arm]) }, pending: [] });
type State = ReturnType<typeof stateOf>;

class SyncedMemento extends FakeMemento {
  synced: readonly string[] = [];
  setKeysForSync(keys: readonly string[]): void {
    this.synced = keys;
  }
}

/** Like Learning: the fold is read in the background, and adoption is reported. */
class FakeLearning {
  state = stateOf();
  readonly #folded: State;
  readonly #listeners = new Set<() => void>();
  finish: () => void = () => undefined;
  readonly #finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(folded: State) {
    this.#folded = folded;
  }
  load = async (): Promise<void> => {
    await this.#finished;
    this.state = this.#folded;
  };
  exported = (): unknown => this.state;
  replace = (state: unknown): Promise<undefined> => {
    this.learn(state as State);
    return Promise.resolve(undefined);
  };
  onDidLearn = (listener: () => void): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  learn(state: State): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }
}

describe('what Settings Sync carries', () => {
  let globalState: SyncedMemento;
  const settings = { syncLearnedState: true, onDidChange: () => ({ dispose: () => undefined }) };
  beforeEach(() => {
    globalState = new SyncedMemento();
    settings.syncLearnedState = true;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => mock.timers.reset());

  const unexpected = (message: string): never => {
    throw new Error(message);
  };
  const log = { info: () => undefined, warn: unexpected, error: unexpected };
  /** A window with its own learned state, the engine built and the log read. */
  async function opened(folded = stateOf()) {
    const learning = new FakeLearning(folded);
    const engine = { learning: learning as unknown as Learning };
    const sync = new LearnedStateSync({
      settings: settings as never,
      globalState,
      log,
      onEngineBuilt: (listener) => listener(engine as never),
    });
    await settle();
    const early = learning.state;
    learning.finish();
    await settle();
    return { sync, learning, engine, early };
  }
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };

  it('adopts a state where nothing was learned, and only once that is known', async () => {
    await globalState.update(key, stateOf('theirs'));
    const { learning, early } = await opened();
    assert.deepEqual(early, stateOf(), 'not before the log is folded');
    assert.deepEqual(learning.state, stateOf('theirs'));
    assert.deepEqual(globalState.synced, [key]);
  });

  it('keeps the state learned here, however long it takes to read', async () => {
    await globalState.update(key, stateOf('theirs'));
    const { learning } = await opened(stateOf('mine'));
    assert.deepEqual(learning.state, stateOf('mine'));
  });

  it('does not bring back everything that was forgotten, nor does another machine', async () => {
    const { sync, learning, engine } = await opened(stateOf('mine'));
    learning.learn(stateOf('mine', 'more'));
    mock.timers.tick(60_000);
    assert.deepEqual(globalState.get(key), stateOf('mine', 'more'));
    learning.state = stateOf();
    await sync.forgot(engine, true);
    assert.equal(globalState.get(key), undefined);
    await globalState.update(key, stateOf('mine', 'more'));
    assert.deepEqual((await opened()).learning.state, stateOf());
    // Opting in again is a request for it.
    settings.syncLearnedState = false;
    await opened();
    settings.syncLearnedState = true;
    await globalState.update(key, stateOf('theirs'));
    assert.deepEqual((await opened()).learning.state, stateOf('theirs'));
  });

  it('carries on without a model that was forgotten, and lets no other window send it again', async () => {
    const here = await opened(stateOf('a', 'b'));
    const other = await opened(stateOf('a', 'b'));
    here.learning.state = stateOf('b');
    await here.sync.forgot(here.engine, false);
    assert.deepEqual(globalState.get(key), stateOf('b'));
    other.learning.learn(stateOf('a', 'b', 'c'));
    mock.timers.tick(60_000);
    assert.deepEqual(globalState.get(key), stateOf('b'));
    here.learning.learn(stateOf('b', 'd'));
    mock.timers.tick(60_000);
    assert.deepEqual(globalState.get(key), stateOf('b', 'd'));
  });

  it('puts nothing there where the user did not opt in', async () => {
    settings.syncLearnedState = false;
    const { sync, learning, engine } = await opened(stateOf('mine'));
    learning.learn(stateOf('mine', 'more'));
    mock.timers.tick(60_000);
    await sync.forgot(engine, false);
    assert.equal(globalState.get(key), undefined);
  });

  it('forgets the habits of accepting with everything, in every window', async () => {
    const [here, other] = [new KeptBaseline(globalState), new KeptBaseline(globalState)];
    for (const window of [here, other]) {
      window.save({ cells: { '*': { sum: 1, weight: 2 } } });
      assert.ok(window.load());
    }
    mock.timers.tick(10_000);
    const { sync, engine } = await opened();
    other.save({ cells: {} });
    await sync.forgot(engine, false);
    assert.ok(here.load(), 'they are of no model and of no period');
    await sync.forgot(engine, true);
    mock.timers.tick(10_000);
    other.dispose();
    for (const window of [here, other, new KeptBaseline(globalState)]) assert.equal(window.load(), undefined);
    here.save({ cells: { a: { sum: 1, weight: 1 } } });
    mock.timers.tick(10_000);
    assert.deepEqual(other.load(), { cells: { a: { sum: 1, weight: 1 } } });
  });
});
