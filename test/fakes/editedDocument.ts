/**
 * A document as VS Code keeps it: a write that somebody else's change has overtaken writes nothing, changes of others are
 * told in order, and what is joined to a step is undone with it.
 */
import type { EditedDocument, Written } from '../../src/app/edit/ports.ts';
import type { LineReplacement } from '../../src/core/edit/lines.ts';
import type { TextChange } from '../../src/core/inline/survival.ts';

type Listener = (changes: readonly TextChange[], isUndo: boolean) => void;

export class FakeDocument implements EditedDocument {
  #text: string;
  #version = 0;
  readonly #steps: string[] = [];
  #listener: Listener = () => undefined;
  /** Called while a write is under way: what somebody types then comes first. */
  meanwhile: () => void = () => undefined;
  readOnly = false;
  writes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  follow(listener: Listener): void {
    this.#listener = listener;
  }

  text = (): string => this.#text;

  async write(
    replacements: readonly LineReplacement[],
    join: boolean,
    applied: () => void,
  ): Promise<Written> {
    const version = this.#version;
    await Promise.resolve();
    this.meanwhile();
    if (this.readOnly) return 'refused';
    if (version !== this.#version) return 'changed';
    if (!join) this.#steps.push(this.#text);
    for (const each of replacements) this.#replace(each);
    this.#version += 1;
    this.writes += 1;
    applied();
    return 'done';
  }

  /** Somebody types. */
  type(change: LineReplacement): void {
    this.#steps.push(this.#text);
    this.#replace(change);
    this.#version += 1;
    this.#tell(change, false);
  }

  undo(): void {
    const before = this.#steps.pop();
    if (before === undefined) return;
    const now = this.#text;
    let head = 0;
    while (head < Math.min(now.length, before.length) && now[head] === before[head]) head += 1;
    let tail = 0;
    while (
      tail < Math.min(now.length, before.length) - head &&
      now[now.length - 1 - tail] === before[before.length - 1 - tail]
    )
      tail += 1;
    this.#text = before;
    this.#version += 1;
    this.#tell({ start: head, end: now.length - tail, text: before.slice(head, before.length - tail) }, true);
  }

  #replace({ start, end, text }: LineReplacement): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
  }

  #tell({ start, end, text }: LineReplacement, isUndo: boolean): void {
    this.#listener([{ offset: start, removed: end - start, inserted: text.length }], isUndo);
  }
}
