/**
 * A document with VS Code's behavior: a write that another change has overtaken writes nothing, other changes are
 * reported in order, and joined changes are undone in one step.
 */
import type { EditedDocument, Written } from '../../src/app/edit/ports.ts';
import type { Replacement } from '../../src/core/edit/lines.ts';
import type { TextChange } from '../../src/core/inline/survival.ts';

type Listener = (changes: readonly TextChange[], isUndo: boolean) => void;

export class FakeDocument implements EditedDocument {
  #text: string;
  #version = 0;
  readonly #steps: string[] = [];
  #listener: Listener = () => undefined;
  /** Called during a write: another change can come first. */
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

  async write(replacements: readonly Replacement[], join: boolean, applied: () => void): Promise<Written> {
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

  /** A change by the user. */
  type(change: Replacement): void {
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

  #replace({ start, end, text }: Replacement): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
  }

  #tell({ start, end, text }: Replacement, isUndo: boolean): void {
    this.#listener([{ offset: start, removed: end - start, inserted: text.length }], isUndo);
  }
}
