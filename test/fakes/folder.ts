import type { Folder, FolderEntry } from '../../src/vscode/ask/historyFiles.ts';

/** A folder in memory, as strict as the real one: a missing file cannot be read, renamed or removed. */
export class MemoryFolder implements Folder {
  readonly files = new Map<string, { readonly text: string; readonly modifiedAt: number }>();
  reads = 0;
  #time = 0;

  list(): Promise<readonly FolderEntry[]> {
    const size = (text: string): number => new TextEncoder().encode(text).length;
    return Promise.resolve(
      [...this.files].map(([name, { text, modifiedAt }]) => ({ name, size: size(text), modifiedAt })),
    );
  }

  read(name: string): Promise<string> {
    this.reads += 1;
    return this.#with(name, ({ text }) => text);
  }

  write(name: string, text: string): Promise<void> {
    if (/[/\\]|^\.{1,2}$/.test(name)) return Promise.reject(new Error(`Not a file name: ${name}`));
    this.files.set(name, { text, modifiedAt: ++this.#time });
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    return this.#with(from, (file) => {
      this.files.delete(from);
      this.files.set(to, file);
    });
  }

  remove(name: string): Promise<void> {
    return this.#with(name, () => void this.files.delete(name));
  }

  #with<T>(
    name: string,
    use: (file: { readonly text: string; readonly modifiedAt: number }) => T,
  ): Promise<T> {
    const file = this.files.get(name);
    return file ? Promise.resolve(use(file)) : Promise.reject(new Error(`FileNotFound: ${name}`));
  }
}
