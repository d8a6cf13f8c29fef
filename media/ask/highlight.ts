/**
 * Colors for code in answers: comments, strings, numbers, keywords, calls. One small scanner serves all languages,
 * since a grammar for each would be larger than the rest of the extension; it may misjudge a token, but never changes
 * the text. The colors are the theme's own (ask.css).
 */
type Kind = 'comment' | 'string' | 'number' | 'keyword' | 'call';

/** Longer code stays plain, since the scan runs on the thread that scrolls. */
export const maxHighlightChars = 60_000;

const hashComments = new Set(
  'python py ruby rb sh bash zsh shell fish yaml yml toml ini dockerfile makefile make perl r elixir powershell ps1 cmake nix'.split(
    ' ',
  ),
);
const dashComments = new Set('sql lua haskell hs elm ada vhdl'.split(' '));
const markupComments = new Set('html xml svg vue svelte markdown md'.split(' '));
const plain = new Set(['', 'text', 'txt', 'plaintext', 'console', 'output', 'log', 'diff', 'patch']);

const keywords = new Set(
  (
    'abstract alias and as assert async await begin break case catch class const continue debugger declare def default defer ' +
    'del delete do elif else end enum except export extends extern false final finally fn for foreach from func function go ' +
    'goto if impl implements import in include instanceof interface internal is lambda let loop match mod module mut namespace ' +
    'new nil none None not null of or override package pass private protected pub public raise readonly ref return satisfies ' +
    'sealed select self Self static struct super switch template then this throw throws trait true True False try type typedef ' +
    'typeof undefined union unless unsafe until use using val var virtual void volatile when where while with yield ' +
    'int long float double bool boolean string char byte short unsigned ' +
    'SELECT FROM WHERE INSERT INTO UPDATE DELETE CREATE TABLE JOIN LEFT INNER OUTER ON GROUP BY ORDER LIMIT VALUES SET AND OR ' +
    'NOT NULL AS DISTINCT HAVING UNION ALL PRIMARY KEY INDEX ' +
    'echo fi done esac local set export'
  ).split(' '),
);

const string = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'|${'`'}(?:\\.|[^${'`'}\\])*${'`'}?`;
const number = String.raw`\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)[a-zA-Z%]{0,3}\b`;
const word = String.raw`[A-Za-z_$][\w$]*`;

function scannerFor(language: string): RegExp {
  const comments = [
    ...(hashComments.has(language) ? ['(?<=^|\\s)#.*'] : []),
    ...(dashComments.has(language) ? ['--.*'] : []),
    ...(markupComments.has(language) ? ['<!--[\\s\\S]*?(?:-->|$)'] : []),
    ...(hashComments.has(language) || markupComments.has(language)
      ? []
      : ['//.*', '/\\*[\\s\\S]*?(?:\\*/|$)']),
  ];
  return new RegExp(
    `(?<comment>${comments.join('|')})|(?<string>${string})|(?<number>${number})|(?<word>${word})`,
    'gm',
  );
}

/** The code as spans; undefined = leave it plain. */
export function highlight(code: string, language: string): DocumentFragment | undefined {
  const name = language.toLowerCase();
  if (plain.has(name) || code.length > maxHighlightChars) return undefined;
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of code.matchAll(scannerFor(name))) {
    const kind = kindOf(match, code);
    if (!kind) continue;
    fragment.append(code.slice(at, match.index));
    const span = document.createElement('span');
    span.className = `code-${kind}`;
    span.textContent = match[0];
    fragment.append(span);
    at = match.index + match[0].length;
  }
  fragment.append(code.slice(at));
  return fragment;
}

function kindOf({ 0: text, index, groups }: RegExpExecArray, code: string): Kind | undefined {
  if (groups?.['comment'] !== undefined) return 'comment';
  if (groups?.['string'] !== undefined) return 'string';
  if (groups?.['number'] !== undefined) return 'number';
  if (keywords.has(text) && code[index - 1] !== '.') return 'keyword';
  return code[index + text.length] === '(' ? 'call' : undefined;
}
