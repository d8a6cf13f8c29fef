/**
 * Assembles tool calls from pieces, whatever numbering a server uses. In the protocol the pieces of a call share an
 * `index`, and the first has `id` and name. Actual servers send no index, every index 0, a new id under an old index,
 * the id with each piece, one call under several indexes, or no id.
 */
import type { OpaqueState, ToolCall } from '../../app/ports/models.ts';

export interface ToolCallPiece {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  /** The arguments so far, JSON text. */
  readonly input: string;
  readonly opaque: OpaqueState | undefined;
}

interface Collected {
  id: string;
  name: string;
  readonly input: string[];
  json: JsonEnd;
  opaque: OpaqueState | undefined;
}

/** More calls than any client runs for one answer; the rest of a runaway answer is dropped. */
const MAX_CALLS = 256;

export class ToolCallCollector {
  readonly #calls: Collected[] = [];
  readonly #byId = new Map<string, Collected>();
  readonly #byIndex = new Map<number, Collected>();

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  add(piece: ToolCallPiece): void {
    const call = this.#belongsTo(piece) ?? this.#begin(piece);
    if (!call) return;
    if (piece.index !== undefined) this.#byIndex.set(piece.index, call);
    if (goesOnNaming(call, piece)) call.name += piece.name;
    else call.name ||= piece.name;
    if (piece.id !== '' && call.id === '') {
      call.id = piece.id;
      this.#byId.set(piece.id, call);
    }
    call.opaque = piece.opaque ?? call.opaque;
    if (piece.input === '') return;
    if (call.json.hasEnded) {
      // A server that repeats a whole call sends the same text again; an initial `{}` means that no arguments have
      // arrived yet.
      if (call.input.length > 1 || call.input[0]?.trim() !== '{}') return;
      call.input.pop();
      call.json = new JsonEnd();
    }
    call.input.push(piece.input);
    call.json.read(piece.input);
  }

  /**
   * The calls with complete arguments. `isCut`: the answer ended before the model did, so that absent arguments are
   * missing and not empty. Invalid JSON of a complete answer stays, to be reported.
   */
  calls(isCut: boolean): ToolCall[] {
    const whole = isCut ? this.#calls.filter(({ json, name }) => json.hasEnded && name !== '') : this.#calls;
    const ids = new Set<string>();
    return whole.map((call, position) => {
      const { name, input, opaque } = call;
      const id = unique(call.id || `call_${name}_${position}`, ids);
      return { id, name, input: unwrapped(input.join('')) || '{}', ...(opaque && { opaque }) };
    });
  }

  #belongsTo(piece: ToolCallPiece): Collected | undefined {
    const { index, id, name } = piece;
    if (id !== '') {
      const there = index === undefined ? undefined : this.#byIndex.get(index);
      const known = there?.id === id ? there : this.#byId.get(id);
      if (known && isAnother(known, piece, known === there)) return undefined;
      // A call begins with its name: a piece without a name continues the call at its index, whatever its id.
      if (known || name !== '') return known ?? this.#unnamed(index);
    }
    const there = index === undefined ? this.#calls.at(-1) : this.#byIndex.get(index);
    if (!there || name === '' || there.name === '') return there;
    if (goesOnNaming(there, piece)) return there;
    // Without an id, another name, or the name again after complete arguments, means another call.
    return there.name !== name || there.json.hasEnded ? undefined : there;
  }

  /** The call at this index that has neither id nor name yet. */
  #unnamed(index: number | undefined): Collected | undefined {
    const there = index === undefined ? undefined : this.#byIndex.get(index);
    return there?.id === '' && there.name === '' ? there : undefined;
  }

  #begin({ id, name, input }: ToolCallPiece): Collected | undefined {
    if (this.#calls.length >= MAX_CALLS || (id === '' && name === '' && input === '')) return undefined;
    const call: Collected = { id, name, input: [], json: new JsonEnd(), opaque: undefined };
    this.#calls.push(call);
    if (id !== '') this.#byId.set(id, call);
    return call;
  }
}

/** A name in pieces, before any argument; its first piece came with the id. */
const goesOnNaming = (call: Collected, { index, id, name }: ToolCallPiece): boolean =>
  index !== undefined &&
  call.id !== '' &&
  (id === '' || id === call.id) &&
  call.input.length === 0 &&
  call.name !== '' &&
  name !== '' &&
  name !== call.name;

/** Under the id of another call: some servers give each call of an answer the same id, some at the same index. */
function isAnother(known: Collected, { name, input }: ToolCallPiece, isSamePlace: boolean): boolean {
  if (name === '' || known.name === '') return false;
  if (isSamePlace) return known.name !== name && known.json.hasEnded;
  const isWhole = known.json.hasEnded && input.trimStart().startsWith('{');
  return known.name !== name || (isWhole && input !== known.input.join(''));
}

/** Arguments that were encoded as JSON twice: a string that contains the object. */
function unwrapped(input: string): string {
  if (!input.trimStart().startsWith('"')) return input;
  try {
    const inner: unknown = JSON.parse(input);
    return typeof inner === 'string' && inner.trimStart().startsWith('{') ? inner : input;
  } catch {
    return input;
  }
}

function unique(id: string, taken: Set<string>): string {
  let free = id;
  for (let n = 2; taken.has(free); n++) free = `${id}_${n}`;
  taken.add(free);
  return free;
}

/** Detects the end of a JSON object that arrives in pieces; each character is read once. */
class JsonEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #began = false;

  get hasEnded(): boolean {
    return this.#began && this.#depth === 0;
  }

  read(piece: string): void {
    for (const character of piece) {
      if (this.hasEnded) return;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (character === '\\') this.#escaped = true;
        else if (character === '"') this.#inString = false;
      } else if (character === '"') this.#inString = true;
      else if (character === '{' || character === '[') {
        this.#began = true;
        this.#depth++;
      } else if (character === '}' || character === ']') this.#depth--;
    }
  }
}
