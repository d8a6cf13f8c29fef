/** Combines the .gitignore files of a workspace: each applies to its own folder, and the deeper file decides. */
import { ignorePatterns } from '../ignorePatterns.ts';
import type { IgnorePatterns } from '../ignorePatterns.ts';

export class IgnoreRules {
  /** Folder relative to the workspace ('' = its root) -> its rules. */
  readonly #byFolder = new Map<string, IgnorePatterns>();

  add(folder: string, gitignore: string): void {
    this.#byFolder.set(folder, ignorePatterns(gitignore.split('\n')));
  }

  /** `path`: relative to the workspace, with slashes. */
  isIgnored(path: string): boolean {
    let ignored = false;
    for (const folder of foldersOf(path)) {
      const rules = this.#byFolder.get(folder);
      const inside = folder === '' ? path : path.slice(folder.length + 1);
      if (rules === undefined || inside === '') continue;
      const verdict = rules.test(inside);
      ignored = verdict.ignored || (ignored && !verdict.unignored);
    }
    return ignored;
  }
}

/** The folders of a path from the root down: 'a/b/c.ts' -> '', 'a', 'a/b'. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, i) => parts.slice(0, i + 1).join('/'))];
}
