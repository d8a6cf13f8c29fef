import { ignorePatterns } from '../ignorePatterns.ts';

/** A predicate over paths for globs in gitignore syntax; an invalid glob matches nothing. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const { ignores } = ignorePatterns(globs);
  return (path) => {
    const relative = relativePath(path);
    return relative !== '' && ignores(relative);
  };
}

/** The path in the form that patterns expect: forward slashes, no leading slash, drive letter or dots. */
export const relativePath = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
