/**
 * Stores conversations as files, one JSON file each, so two windows never write the same file and a bad file affects no
 * other. Number and size are capped; the oldest are deleted first. Depends on a folder and not on vscode, so plain Node
 * tests it.
 */
import type { ConversationStore, ConversationSummary } from '../../app/ask/history.ts';
import { titleOf, type Conversation } from '../../app/ask/conversations.ts';
import { decodeConversation, encodeConversation } from '../../app/ask/conversationCodec.ts';
import type { Log } from '../../app/ports/environment.ts';

export interface FolderEntry {
  readonly name: string;
  readonly size: number;
  readonly modifiedAt: number;
}

/** One flat folder. `list` of a folder that does not exist is empty; the other methods reject on failure. */
export interface Folder {
  list(): Promise<readonly FolderEntry[]>;
  read(name: string): Promise<string>;
  /** Atomic: a reader never sees a partial file. */
  write(name: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** The most conversations, and the most bytes of all files, including those set aside. */
export const maxConversations = 200;
export const maxTotalBytes = 64 * 1024 * 1024;

const suffix = '.json';
const asideSuffix = '.unreadable';
const legalId = /^[\w-]{1,64}$/;

const fileOf = (id: string): string => `${id}${suffix}`;
const isConversation = ({ name }: FolderEntry): boolean => name.endsWith(suffix);

export class HistoryFiles implements ConversationStore {
  readonly #folder: Folder;
  readonly #log: Log;
  /** By file name: the summary of a file with this size and time, so a list reads only changed files. */
  readonly #known = new Map<string, { readonly stamp: string; readonly summary: ConversationSummary }>();

  constructor(folder: Folder, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  async list(): Promise<readonly ConversationSummary[]> {
    const summaries: ConversationSummary[] = [];
    for (const entry of (await this.#folder.list()).filter(isConversation)) {
      const summary = await this.#summaryOf(entry);
      if (summary) summaries.push(summary);
    }
    return summaries.sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async load(id: string): Promise<Conversation | undefined> {
    if (!legalId.test(id)) return undefined;
    const exists = (await this.#folder.list()).some(({ name }) => name === fileOf(id));
    return exists ? this.#read(fileOf(id)) : undefined;
  }

  async save(conversation: Conversation): Promise<void> {
    if (!legalId.test(conversation.id)) throw new Error(`Not a conversation id: ${conversation.id}`);
    await this.#folder.write(fileOf(conversation.id), encodeConversation(conversation));
    await this.#trim(fileOf(conversation.id));
  }

  async delete(id: string): Promise<void> {
    const exists = (await this.#folder.list()).some(({ name }) => name === fileOf(id));
    if (exists) await this.#folder.remove(fileOf(id));
  }

  async deleteAll(): Promise<number> {
    const entries = await this.#folder.list();
    for (const { name } of entries) await this.#folder.remove(name);
    this.#known.clear();
    return entries.filter(isConversation).length;
  }

  async #summaryOf(entry: FolderEntry): Promise<ConversationSummary | undefined> {
    const stamp = `${entry.size}@${entry.modifiedAt}`;
    const known = this.#known.get(entry.name);
    if (known?.stamp === stamp) return known.summary;
    const conversation = await this.#read(entry.name);
    if (!conversation) return undefined;
    const summary = { id: conversation.id, title: titleOf(conversation), updatedAt: conversation.updatedAt };
    this.#known.set(entry.name, { stamp, summary });
    return summary;
  }

  async #read(name: string): Promise<Conversation | undefined> {
    const decoded = decodeConversation(await this.#folder.read(name));
    if (decoded.ok && fileOf(decoded.value.id) === name) return decoded.value;
    const reason = decoded.ok ? 'it holds another conversation than its name says' : decoded.error;
    const aside = `${name}${asideSuffix}`;
    await this.#folder.rename(name, aside);
    this.#log.warn(`The conversation ${name} cannot be read (${reason}). It is kept as ${aside}.`);
    return undefined;
  }

  /** Deletes the oldest files until both caps hold, but never the one just written. */
  async #trim(keep: string): Promise<void> {
    const entries = [...(await this.#folder.list())].sort((a, b) => b.modifiedAt - a.modifiedAt);
    let bytes = 0;
    let conversations = 0;
    for (const entry of entries) {
      bytes += entry.size;
      if (isConversation(entry)) conversations += 1;
      const fits = bytes <= maxTotalBytes && conversations <= maxConversations;
      if (!fits && entry.name !== keep) await this.#folder.remove(entry.name);
    }
  }
}
