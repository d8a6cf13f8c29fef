import ignore from 'ignore';

/**
 * Files that hold keys or passwords, in gitignore syntax: their text never enters a context by itself, whatever
 * the settings say (design.md "Keys and clients"; the list is the union of what Copilot, Continue and Tabby skip).
 */
export const SECRET_GLOBS: readonly string[] = [
  '.env',
  '.env.*',
  '*.env',
  '.envrc',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  '*.p8',
  '*.crt',
  '*.cer',
  '*.der',
  '*.jks',
  '*.keystore',
  '*.kdbx',
  '*.ppk',
  '*.asc',
  '*.gpg',
  '*.ovpn',
  '*.tfstate',
  '*.tfstate.*',
  '*.tfvars',
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  '.aws/',
  '.ssh/',
  '.gnupg/',
  '.kube/',
  '.docker/config.json',
  'secrets/',
  '.secrets/',
  'secret.*',
  'secrets.*',
  '*.secret',
  '*.secrets',
  'credentials',
  'credentials.*',
  '*credentials*.json',
  'service-account*.json',
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.htpasswd',
  '.git-credentials',
  'auth.json',
];

const secret = ignore({ ignorecase: true }).add([...SECRET_GLOBS]);

/** `path` with / or \ between segments, relative or absolute, drive letter or not. */
export const isSecretPath = (path: string): boolean => matches(secret, path);

/** A predicate over paths for globs in gitignore syntax; a bad glob matches nothing. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const matcher = ignore({ ignorecase: true }).add(globs.filter((glob) => glob.trim() !== ''));
  return (path) => matches(matcher, path);
}

function matches(matcher: ignore.Ignore, path: string): boolean {
  const relative = path
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
  return relative !== '' && ignore.isPathValid(relative) && matcher.ignores(relative);
}
