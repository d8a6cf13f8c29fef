/** The start of a line comment by VS Code's language id; an unknown language gets `//`. */
const HASH = '#';
const COMMENT: Readonly<Record<string, string>> = {
  python: HASH,
  ruby: HASH,
  shellscript: HASH,
  perl: HASH,
  r: HASH,
  yaml: HASH,
  toml: HASH,
  dockerfile: HASH,
  makefile: HASH,
  elixir: HASH,
  julia: HASH,
  powershell: HASH,
  coffeescript: HASH,
  lua: '--',
  sql: '--',
  haskell: '--',
  ada: '--',
  clojure: ';;',
  lisp: ';;',
  latex: '%',
  erlang: '%',
  vb: "'",
};

export const lineComment = (languageId: string): string => COMMENT[languageId] ?? '//';
