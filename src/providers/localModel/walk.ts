/**
 * The source files of folders on this machine, breadth first, so that of a workspace that is too large those nearest
 * its root are found. Listing is lazy: whoever stops asking has cancelled it, and a folder with a million entries is
 * never held whole.
 */
import { isSecretFile } from '../../app/ask/secretFiles.ts';
import { IgnoreRules } from '../../core/local/gitignore.ts';
import { isForeignFolder, isIndexablePath } from '../../core/local/indexable.ts';
import type { WalkEnd } from './protocol.ts';

export interface Entry {
  readonly name: string;
  /** Links are neither: what they lead to is somewhere else, or here already. */
  readonly kind: 'file' | 'folder' | 'other';
}

/** Never throws: what vanished or cannot be read is empty. */
export interface Lister {
  readonly list: (folder: string) => AsyncIterable<Entry>;
  /** Only a regular file that really lies within one of the roots. */
  readonly read: (file: string, roots: readonly string[]) => Promise<string | undefined>;
}

export interface WalkLimits {
  /** Files worth indexing. */
  readonly files: number;
  /** Whatever is found on the way. */
  readonly entries: number;
}

export interface WalkOptions {
  readonly roots: readonly string[];
  /** gitignore patterns of what the user leaves out. */
  readonly excluded: readonly string[];
  readonly lister: Lister;
  readonly limits?: WalkLimits;
}

/** Everything has a limit: a workspace of five million tokens has some 10,000 files, with ten times as much beside them. */
const LIMITS: WalkLimits = { files: 20_000, entries: 250_000 };
/** Entries between two pauses where nothing worth indexing turns up. */
const SLICE = 200;
const GITIGNORE_CHARS = 100_000;

/** A file, or nothing after so many entries that somebody else should have a turn; at the end how it ended. */
export async function* sourceFiles(options: WalkOptions): AsyncGenerator<string | undefined, WalkEnd> {
  const { lister, limits = LIMITS } = options;
  const leftOut = new IgnoreRules();
  leftOut.add('', options.excluded.join('\n'));
  let [files, entries] = [0, 0];
  for (const root of options.roots) {
    const rules = new IgnoreRules();
    const folders = [''];
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      const ignored = await lister.read(join(root, folder, '.gitignore'), [root]);
      if (ignored !== undefined) rules.add(folder, ignored.slice(0, GITIGNORE_CHARS));
      for await (const { name, kind } of lister.list(join(root, folder))) {
        entries += 1;
        if (entries > limits.entries) return 'too-many';
        if (entries % SLICE === 0) yield;
        const path = folder === '' ? name : `${folder}/${name}`;
        if (kind === 'folder') {
          if (!isForeignFolder(name) && !rules.isIgnored(`${path}/`) && !leftOut.isIgnored(`${path}/`))
            folders.push(path);
        } else if (kind === 'file' && isWanted(path)) {
          if (files >= limits.files) return 'too-many';
          files += 1;
          yield join(root, path);
        }
      }
    }

    function isWanted(path: string): boolean {
      return (
        isIndexablePath(path) &&
        !isSecretFile(join(root, path)) &&
        !leftOut.isIgnored(path) &&
        !rules.isIgnored(path)
      );
    }
  }
  return 'all';
}

/** With the separators of the root: ids must equal those of the editor's own documents. */
function join(root: string, ...parts: readonly string[]): string {
  const separator = root.includes('\\') ? '\\' : '/';
  return [
    root.replace(/(?<![\\/])[\\/]+$/, ''),
    ...parts.filter((part) => part !== '').map((part) => part.replaceAll('/', separator)),
  ].join(separator);
}
