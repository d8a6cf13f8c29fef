/**
 * A document with VS Code's behavior: a write that another change has overtaken writes nothing, other changes are
 * reported in order, and joined changes are undone in one step.
 */
import type { EditedDocument, Written } from '../../src/app/edit/ports.ts';
import type { LineReplacement } from '../../src/core/edit/lines.ts';
import type { TextChange } from '../../src/core/inline/survival.ts';

type Listener = (changes: readonly TextChange[], isUndo: boolean) => void;

export class FakeDocument implements EditedDocument {
  #text: string;
  #version = 0;
  /** What takes each step back, in the order in which it was made. */
  readonly #steps: LineReplacement[][] = [];
  #listener: Listener = () => undefined;
  /** Called during a write: another change can come first. */
  meanwhile: () => void = () => undefined;
  readOnly = false;
  /** Whether the editor ends a step after each write, as when the cursor moves. */
  splits = false;
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
    if (!join || this.splits) this.#steps.push([]);
    for (const each of replacements) this.#make(each);
    this.#version += 1;
    this.writes += 1;
    applied();
    return 'done';
  }

  /** A change by the user. */
  type(change: LineReplacement): void {
    this.#steps.push([]);
    this.#make(change);
    this.#version += 1;
    this.#tell([change], false);
  }

  /** Like its key. */
  undo(): Promise<void> {
    this.#undo();
    return Promise.resolve();
  }

  #undo(): void {
    const changes = this.#steps.pop()?.reverse() ?? [];
    if (changes.length === 0) return;
    for (const change of changes) this.#replace(change);
    this.#version += 1;
    this.#tell(changes, true);
  }

  #replace({ start, end, text }: LineReplacement): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
  }

  #make({ start, end, text }: LineReplacement): void {
    this.#steps.at(-1)?.push({ start, end: start + text.length, text: this.#text.slice(start, end) });
    this.#replace({ start, end, text });
  }

  #tell(changes: readonly LineReplacement[], isUndo: boolean): void {
    const told = changes.map(({ start, end, text }) => ({
      offset: start,
      removed: end - start,
      inserted: text.length,
    }));
    this.#listener(told, isUndo);
  }
}
