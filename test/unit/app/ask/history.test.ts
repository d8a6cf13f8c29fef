import assert from 'node:assert/strict';
import {
  addTurn,
  changeAnswer,
  emptyAnswer,
  emptyConversation,
  type Conversation,
} from '../../../../src/app/ask/conversations.ts';
import { History, type ConversationStore } from '../../../../src/app/ask/history.ts';

const conversation = (id: string, at = 1): Conversation =>
  addTurn(emptyConversation(id, at), {
    id: `t-${id}`,
    askedAt: at,
    question: `Q ${id}`,
    context: [],
    answers: [emptyAnswer(`a-${id}`)],
    shown: 0,
  });

class MemoryStore implements ConversationStore {
  readonly kept = new Map<string, Conversation>();
  saves = 0;
  broken = false;
  /** A write waits here until the test releases it. */
  gate: Promise<void> = Promise.resolve();

  async list() {
    await this.#ready();
    return [...this.kept.values()].map(({ id, updatedAt }) => ({ id, title: id, updatedAt }));
  }
  async load(id: string) {
    await this.#ready();
    return this.kept.get(id);
  }
  async save(saved: Conversation) {
    await this.#ready();
    await this.gate;
    this.saves += 1;
    this.kept.set(saved.id, saved);
  }
  async delete(id: string) {
    await this.#ready();
    this.kept.delete(id);
  }
  async deleteAll() {
    await this.#ready();
    const { size } = this.kept;
    this.kept.clear();
    return size;
  }
  #ready(): Promise<void> {
    return this.broken ? Promise.reject(new Error('disk')) : Promise.resolve();
  }
}

function open(enabled = true): { store: MemoryStore; history: History; errors: string[] } {
  const store = new MemoryStore();
  const errors: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (text: string) => errors.push(text) };
  return { store, history: new History(store, () => enabled, log), errors };
}

describe('History', () => {
  it('keeps a conversation, and finds it in another window', async () => {
    const { store, history } = open();
    history.save(conversation('one'));
    await history.flush();
    const other = new History(store, () => true, { info() {}, warn() {}, error() {} });
    assert.equal((await other.load('one'))?.turns[0]?.question, 'Q one');
  });

  it('writes nothing while history is off, and still knows this window’s conversations', async () => {
    const { store, history } = open(false);
    history.save(conversation('one'));
    await history.flush();
    assert.equal(store.saves, 0);
    assert.deepEqual(
      (await history.list()).map(({ title }) => title),
      ['Q one'],
    );
    assert.ok(await history.load('one'));
  });

  it('does not keep a conversation in which nothing was asked', async () => {
    const { store, history } = open();
    history.save(emptyConversation('one', 1));
    await history.flush();
    assert.equal(store.saves, 0);
  });

  it('writes only the newest of what gathered behind a slow write', async () => {
    const { store, history } = open();
    let go = (): void => undefined;
    store.gate = new Promise((resolve) => (go = resolve));
    const first = conversation('one');
    for (const text of ['a', 'b', 'c']) history.save(changeAnswer(first, 'a-one', { text }));
    go();
    await history.flush();
    assert.ok(store.saves <= 2);
    assert.equal(store.kept.get('one')?.turns[0]?.answers[0]?.text, 'c');
  });

  it('is not brought back by a late save once it is deleted', async () => {
    const { store, history } = open();
    history.save(conversation('one'));
    await history.delete('one');
    history.save(conversation('one'));
    await history.flush();
    assert.deepEqual([...store.kept.keys()], []);
    assert.deepEqual(await history.list(), []);
  });

  it('deletes all, those in memory too, and counts each once', async () => {
    const { store, history } = open();
    store.kept.set('old', conversation('old'));
    history.save(conversation('one'));
    assert.equal(await history.deleteAll(), 2);
    history.save(conversation('one'));
    assert.deepEqual(await history.list(), []);
  });

  it('lists newest first', async () => {
    const { history } = open();
    for (const [id, at] of [
      ['b', 2],
      ['c', 3],
      ['a', 1],
    ] as const)
      history.save(conversation(id, at));
    assert.deepEqual(
      (await history.list()).map(({ id }) => id),
      ['c', 'b', 'a'],
    );
  });

  it('goes on in memory when the disk fails, and says so in the log', async () => {
    const { store, history, errors } = open();
    store.broken = true;
    history.save(conversation('one'));
    await history.flush();
    assert.ok(await history.load('one'));
    assert.equal((await history.list()).length, 1);
    assert.equal(errors.length, 2);
  });
});
