/**
 * Identifies the conversation of a request. VS Code passes a model the whole chat each time without an id, so the
 * messages before the first answer identify a conversation. Only a hash of them is kept, in memory; what is stored
 * elsewhere (the conversation's model, its pin) uses a random id.
 */
import { textOf, type ChatPart, type ChatTurn } from './messages.ts';
import { requestIn } from './view.ts';

/** The longest unused conversations are dropped first; a dropped conversation only loses its model. */
const maxConversations = 200;

export class ConversationIds {
  readonly #ids = new Map<string, string>();
  readonly #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  idOf(turns: readonly ChatTurn[]): string {
    const key = fingerprint(turns);
    const id = this.#ids.get(key) ?? this.#newId();
    this.#ids.delete(key);
    this.#ids.set(key, id);
    const oldest = this.#ids.keys().next();
    if (this.#ids.size > maxConversations && oldest.done !== true) this.#ids.delete(oldest.value);
    return id;
  }
}

export function fingerprint(turns: readonly ChatTurn[]): string {
  const hash = new Hash53();
  for (const { role, parts } of openingOf(turns)) {
    hash.add(role);
    hash.add(requestIn(parts) ?? textOf(parts));
    hash.add(String(parts.filter(isImage).length));
  }
  return hash.value;
}

/**
 * The text that VS Code's agent puts around the user's request (the time, the folder's files, reminders) changes when
 * it renders the chat again; where the request is marked, only the request counts.
 */
function openingOf(turns: readonly ChatTurn[]): readonly ChatTurn[] {
  const answered = turns.findIndex(({ role }) => role === 'assistant');
  const opening = answered < 0 ? turns : turns.slice(0, answered);
  const isRequest = ({ parts }: ChatTurn): boolean => requestIn(parts) !== undefined;
  if (!opening.some(isRequest)) return opening;
  return opening.filter((turn) => turn.role === 'system' || isRequest(turn));
}

const isImage = ({ type }: ChatPart): boolean => type === 'image';

/**
 * cyrb53 (bryc, public domain): two multiply-xor lanes over UTF-16 units, joined to 53 bits. It is not cryptographic:
 * among 200 conversations the chance of a collision is 2e-12.
 */
class Hash53 {
  #a = 0xdeadbeef;
  #b = 0x41c6ce57;

  add(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
    // A separator beyond UTF-16, so that ['ab', 'c'] and ['a', 'bc'] differ.
    this.#mix(0x10000);
  }

  get value(): string {
    const a = scramble(this.#a, this.#b);
    const b = scramble(this.#b, this.#a);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  }

  #mix(unit: number): void {
    this.#a = Math.imul(this.#a ^ unit, 2654435761);
    this.#b = Math.imul(this.#b ^ unit, 1597334677);
  }
}

const scramble = (own: number, other: number): number =>
  Math.imul(own ^ (own >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
