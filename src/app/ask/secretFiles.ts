/**
 * Files that hold secrets and therefore never enter a prompt by themselves, in Ask or inline. The user may still add
 * one by hand, after a warning. Patterns are those of .gitignore, matched without regard to case.
 */
import ignore from 'ignore';

const patterns = [
  // Environment files; the templates that teams commit hold no secrets.
  '.env',
  '.env.*',
  '*.env',
  '!.env.example',
  '!.env.sample',
  '!.env.template',
  '!.env.dist',
  '.envrc',
  '.dev.vars',
  // Private keys, certificates with keys, key stores.
  '*.pem',
  '*.key',
  '*.pfx',
  '*.p12',
  '*.p8',
  '*.jks',
  '*.keystore',
  '*.kdbx',
  '*.ppk',
  '*.asc',
  '*.gpg',
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  '!*.pub',
  // Credentials of tools and clouds. A slash in the middle would anchor a pattern, hence the `**/`.
  '.aws/',
  '.ssh/',
  '.gnupg/',
  '.azure/',
  '.kube/',
  '**/.docker/config.json',
  '**/.config/gcloud/',
  '**/.config/gh/hosts.yml',
  'application_default_credentials.json',
  'service-account*.json',
  'serviceaccount*.json',
  'client_secret*.json',
  'credentials',
  'credentials.*',
  '.credentials*',
  '.git-credentials',
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.vault-token',
  '*.tfstate',
  '*.tfstate.backup',
  '*.tfvars',
  // Folders and files that say so themselves.
  'secrets/',
  '.secrets/',
  'secret.*',
  'secrets.*',
  '*.secret',
  '*.secrets',
  'local.settings.json',
];

const matcher = ignore({ ignoreCase: true }).add(patterns);
const privateKey = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;

/** `path` with either kind of slash, absolute or relative. */
export function isSecretFile(path: string): boolean {
  const relative = path
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
  return relative !== '' && matcher.ignores(relative);
}

/** A private key is a secret under any name. */
export const holdsPrivateKey = (text: string): boolean => privateKey.test(text);
