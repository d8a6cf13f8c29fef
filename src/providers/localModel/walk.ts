/**
 * Lists the source files of folders on this machine, breadth first, so that in a workspace that is too large those
 * nearest to its root are found. Listing is lazy: a caller that stops asking has canceled it, and a folder with a
 * million entries is never held in memory.
 */
import { isSecretFile } from '../../app/ask/secretFiles.ts';
import { IgnoreRules } from '../../core/local/gitignore.ts';
import { isForeignFolder, isIndexablePath } from '../../core/local/indexable.ts';
import type { WalkEnd } from './protocol.ts';

export interface WalkEntry {
  readonly name: string;
  /** A link is 'other': its target is either elsewhere or listed anyway. */
  readonly kind: 'file' | 'folder' | 'other';
}

/** Never throws: an entry that disappeared or cannot be read gives an empty result. */
export interface Lister {
  readonly list: (folder: string) => AsyncIterable<WalkEntry>;
  /** Only a regular file whose real path lies within one of the roots. */
  readonly read: (file: string, roots: readonly string[]) => Promise<string | undefined>;
}

export interface WalkLimits {
  /** The most files worth indexing. */
  readonly files: number;
  /** The most entries of any kind. */
  readonly entries: number;
}

export interface WalkOptions {
  readonly roots: readonly string[];
  /** gitignore patterns of what the user excludes. */
  readonly excluded: readonly string[];
  readonly lister: Lister;
  readonly limits?: WalkLimits;
}

/** A workspace of five million tokens has some 10,000 files, with ten times as many other entries beside them. */
const LIMITS: WalkLimits = { files: 20_000, entries: 250_000 };
/** The most entries between two pauses in which no indexable file occurs. */
const SLICE = 200;
const GITIGNORE_CHARS = 100_000;

/** Yields a file, or undefined as a pause after a number of entries; returns how the walk ended. */
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

/** With the separators of the root, since ids must equal those of the editor's own documents. */
function join(root: string, ...parts: readonly string[]): string {
  const separator = root.includes('\\') ? '\\' : '/';
  return [
    root.replace(/(?<![\\/])[\\/]+$/, ''),
    ...parts.filter((part) => part !== '').map((part) => part.replaceAll('/', separator)),
  ].join(separator);
}
