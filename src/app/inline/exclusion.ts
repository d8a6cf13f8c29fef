import { pathMatcher } from '../../core/inline/pathMatcher.ts';

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
