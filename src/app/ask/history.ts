/**
 * Keeps conversations: the port, and the use cases over it. A conversation stays in memory while its window is open; it
 * is written only while the user's history setting is on.
 */
import type { EpochMs } from '../../core/brand.ts';
import { closeRunning, titleOf, type Conversation } from './conversations.ts';
import type { Log } from '../ports/environment.ts';

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  readonly updatedAt: EpochMs;
}

export interface ConversationStore {
  /** Newest first. Unreadable conversations are set aside and reported, and are not in the list. */
  list(): Promise<readonly ConversationSummary[]>;
  load(id: string): Promise<Conversation | undefined>;
  save(conversation: Conversation): Promise<void>;
  delete(id: string): Promise<void>;
  /** Deletes everything, also the conversations that were set aside. Resolves to the number of conversations. */
  deleteAll(): Promise<number>;
}

export class History {
  readonly #store: ConversationStore;
  readonly #enabled: () => boolean;
  readonly #log: Log;
  /** The conversations of this window, also while history is off; they are dropped with the window. */
  readonly #recent = new Map<string, Conversation>();
  /** A stopped answer may settle after its conversation was deleted; that must not restore the conversation. */
  readonly #deleted = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(store: ConversationStore, enabled: () => boolean, log: Log) {
    this.#store = store;
    this.#enabled = enabled;
    this.#log = log;
  }

  save(conversation: Conversation): void {
    if (conversation.turns.length === 0 || this.#deleted.has(conversation.id)) return;
    this.#remember(conversation);
    if (!this.#enabled()) return;
    this.#enqueue(() => {
      // Several states may wait behind a slow write: only the newest is written.
      const newest = this.#recent.get(conversation.id) ?? conversation;
      return newest === conversation ? this.#store.save(conversation) : Promise.resolve();
    });
  }

  async load(id: string): Promise<Conversation | undefined> {
    const found = this.#recent.get(id) ?? (await this.#stored(() => this.#store.load(id), undefined));
    return found && closeRunning(found);
  }

  async list(): Promise<readonly ConversationSummary[]> {
    await this.#writing;
    const summaries = new Map(
      (await this.#stored(() => this.#store.list(), [])).map((entry) => [entry.id, entry]),
    );
    for (const { id, updatedAt, ...rest } of this.#recent.values()) {
      summaries.set(id, { id, updatedAt, title: titleOf({ id, updatedAt, ...rest }) });
    }
    return [...summaries.values()].sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async delete(id: string): Promise<void> {
    this.#forget(id);
    this.#enqueue(() => this.#store.delete(id));
    await this.#writing;
  }

  async deleteAll(): Promise<number> {
    const ids = new Set([...this.#recent.keys(), ...(await this.list()).map(({ id }) => id)]);
    for (const id of ids) this.#forget(id);
    this.#enqueue(async () => {
      await this.#store.deleteAll();
    });
    await this.#writing;
    return ids.size;
  }

  /** Resolves when every requested write is done. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #forget(id: string): void {
    this.#recent.delete(id);
    this.#deleted.add(id);
  }

  #remember(conversation: Conversation): void {
    this.#recent.delete(conversation.id);
    this.#recent.set(conversation.id, conversation);
    const oldest = this.#recent.keys().next();
    if (this.#recent.size > maxRecent && !oldest.done) this.#recent.delete(oldest.value);
  }

  #enqueue(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      this.#log.error('A conversation could not be written or deleted', error);
    });
  }

  async #stored<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.#log.error('Conversations could not be read', error);
      return otherwise;
    }
  }
}

/** The most conversations held in memory. */
const maxRecent = 50;
