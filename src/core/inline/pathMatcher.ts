import { ignorePatterns } from '../ignorePatterns.ts';

/** A predicate over paths for globs in gitignore syntax; a glob that is none matches nothing. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const { ignores } = ignorePatterns(globs);
  return (path) => {
    const relative = relativePath(path);
    return relative !== '' && ignores(relative);
  };
}

/** As patterns want it: no leading slash, drive letter or dots, whichever slashes the path has. */
export const relativePath = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
