import { pathMatcher } from '../../core/inline/pathMatcher.ts';

/** A setting by scope, in VS Code's form. */
export interface ScopedValue {
  readonly defaultValue?: unknown;
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/**
 * The user's globs followed by the workspace's: a repository may exclude more files, but never include a file that the
 * user excluded.
 */
export const globsOfScopes = (found: ScopedValue | undefined): readonly string[] => [
  ...new Set([
    ...strings(found?.globalValue ?? found?.defaultValue),
    // Of two gitignore patterns the last wins, so a workspace's `!secret.ts` would include the user's file.
    ...[found?.workspaceValue, found?.workspaceFolderValue]
      .flatMap(strings)
      .filter((glob) => !glob.trimStart().startsWith('!'))
      .slice(0, MAX_FOREIGN)
      .map(shortened),
  ]),
];

/**
 * The most globs of a repository, and their greatest length: they are matched whenever a cursor moves to another file.
 */
const MAX_FOREIGN = 200;
const MAX_CHARS = 200;

/** The pattern of all paths with the same beginning: a repository's glob that is too long excludes more, not less. */
const shortened = (glob: string): string => {
  if (glob.length <= MAX_CHARS) return glob;
  const start = glob.slice(0, MAX_CHARS);
  return `${start.slice(0, start.lastIndexOf('/') + 1)}**`;
};

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

/** A predicate over paths that follows the setting, compiled once for each of its values. */
export function followExclusions(globs: () => readonly string[]): (path: string) => boolean {
  let compiled: readonly string[] | undefined;
  let matches = pathMatcher([]);
  return (path) => {
    const now = globs();
    if (now.length === 0) return false;
    if (now !== compiled) matches = pathMatcher(now);
    compiled = now;
    return matches(path);
  };
}
