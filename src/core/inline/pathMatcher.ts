import ignore from 'ignore';

/** A predicate over paths for globs in gitignore syntax; a glob that is none matches nothing. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const matcher = ignore({ ignorecase: true }).add(globs.filter((glob) => glob.trim() !== ''));
  return (path) => {
    const relative = relativePath(path);
    return relative !== '' && ignore.isPathValid(relative) && matcher.ignores(relative);
  };
}

/** As the `ignore` package wants it: no leading slash, drive letter or dots, whichever slashes the path has. */
export const relativePath = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
