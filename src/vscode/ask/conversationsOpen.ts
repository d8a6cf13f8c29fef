/** The live conversations of this window: the shown one, and those with running answers. */
import type { AskSessionDeps, SessionChange } from '../../app/ask/ask.ts';
import { AskSession } from '../../app/ask/ask.ts';
import { emptyConversation } from '../../app/ask/conversations.ts';
import type { History } from '../../app/ask/history.ts';

export class OpenConversations {
  readonly #deps: AskSessionDeps;
  readonly #history: History;
  readonly #onChange: (session: AskSession, change: SessionChange) => void;
  readonly #sessions = new Map<string, AskSession>();
  #current: AskSession;

  constructor(
    deps: AskSessionDeps,
    history: History,
    onChange: (session: AskSession, change: SessionChange) => void,
  ) {
    this.#deps = deps;
    this.#history = history;
    this.#onChange = onChange;
    this.#current = this.#fresh();
  }

  get current(): AskSession {
    return this.#current;
  }

  answering(): ReadonlySet<string> {
    return new Set([...this.#sessions].filter(([, session]) => session.running).map(([id]) => id));
  }

  startNew(): void {
    if (this.#current.conversation.turns.length > 0) this.#switchTo(this.#fresh());
  }

  /** False if the conversation no longer exists. */
  async open(id: string): Promise<boolean> {
    if (id === this.#current.conversation.id) return true;
    const live = this.#sessions.get(id);
    if (live) {
      this.#switchTo(live);
      return true;
    }
    const stored = await this.#history.load(id);
    if (!stored) return false;
    this.#switchTo(this.#add(new AskSession(stored, this.#deps)));
    return true;
  }

  async delete(id: string): Promise<void> {
    this.#drop(id);
    await this.#history.delete(id);
  }

  async deleteAll(): Promise<number> {
    for (const id of [...this.#sessions.keys()]) this.#drop(id);
    return this.#history.deleteAll();
  }

  /** The window closes: stops every running answer, since the user could no longer stop one. */
  stopAll(): void {
    for (const session of this.#sessions.values()) session.stopNow();
  }

  #drop(id: string): void {
    const session = this.#sessions.get(id);
    session?.stopNow();
    this.#sessions.delete(id);
    if (session === this.#current) this.#current = this.#fresh();
  }

  #switchTo(session: AskSession): void {
    const former = this.#current;
    this.#current = session;
    if (former.isSettled) this.#sessions.delete(former.conversation.id);
  }

  #fresh(): AskSession {
    return this.#add(new AskSession(emptyConversation(this.#deps.newId(), this.#deps.now()), this.#deps));
  }

  #add(session: AskSession): AskSession {
    this.#sessions.set(session.conversation.id, session);
    session.onDidChange((change) => this.#onChange(session, change));
    return session;
  }
}
