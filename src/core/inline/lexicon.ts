/** How a language writes strings and comments, as far as bracket matching needs it; by VS Code id. */
import { lineComment } from './fim/lineComment.ts';
import { isProse } from './languages.ts';

export interface Lexicon {
  /** Whether the language is prose, so unmatched brackets and quotes are punctuation. */
  readonly prose: boolean;
  readonly lineComments: readonly string[];
  readonly blockComment: readonly [open: string, close: string] | undefined;
  /** `"""` and `'''` hold strings of several lines. */
  readonly tripleQuotes: boolean;
  /** A backtick opens a template with `${}`, a raw string without escapes, or nothing. */
  readonly backtick: 'template' | 'raw' | 'none';
  /** Whether a slash in the place of a value opens a regular expression. */
  readonly regex: boolean;
  /** What `'` opens: a string of any length, one character (a lone `'a` is a lifetime or a type), or nothing. */
  readonly apostrophe: 'string' | 'character' | 'none';
  /** `r#"..."#`. */
  readonly rustRaw: boolean;
}

const C_LIKE: Lexicon = {
  prose: false,
  lineComments: ['//'],
  blockComment: ['/*', '*/'],
  tripleQuotes: false,
  backtick: 'none',
  regex: false,
  apostrophe: 'string',
  rustRaw: false,
};
const SCRIPT: Lexicon = { ...C_LIKE, backtick: 'template', regex: true };
const MARKUP: Lexicon = { ...C_LIKE, lineComments: [], blockComment: ['<!--', '-->'] };
const PROSE: Lexicon = { ...MARKUP, prose: true, apostrophe: 'none' };
const TRIPLE: Lexicon = { ...C_LIKE, tripleQuotes: true };

const BY_ID: Readonly<Record<string, Lexicon>> = {
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  vue: { ...SCRIPT, blockComment: undefined },
  svelte: { ...SCRIPT, blockComment: undefined },
  python: { ...TRIPLE, lineComments: ['#'], blockComment: undefined },
  toml: { ...TRIPLE, lineComments: ['#'], blockComment: undefined },
  java: TRIPLE,
  kotlin: TRIPLE,
  scala: TRIPLE,
  swift: TRIPLE,
  csharp: TRIPLE,
  dart: TRIPLE,
  groovy: TRIPLE,
  go: { ...C_LIKE, backtick: 'raw' },
  rust: { ...C_LIKE, apostrophe: 'character', rustRaw: true },
  php: { ...C_LIKE, lineComments: ['//', '#'] },
  css: { ...C_LIKE, lineComments: [] },
  html: MARKUP,
  xml: MARKUP,
  lua: { ...C_LIKE, lineComments: ['--'], blockComment: ['--[[', ']]'] },
  sql: { ...C_LIKE, lineComments: ['--'] },
  haskell: { ...C_LIKE, lineComments: ['--'], blockComment: ['{-', '-}'], apostrophe: 'character' },
  ocaml: { ...C_LIKE, lineComments: [], blockComment: ['(*', '*)'], apostrophe: 'character' },
  fsharp: { ...TRIPLE, blockComment: ['(*', '*)'], apostrophe: 'character' },
  vb: { ...C_LIKE, lineComments: ["'"], blockComment: undefined, apostrophe: 'none' },
  clojure: { ...C_LIKE, lineComments: [';'], blockComment: undefined, apostrophe: 'none' },
  lisp: { ...C_LIKE, lineComments: [';'], blockComment: undefined, apostrophe: 'none' },
  scheme: { ...C_LIKE, lineComments: [';'], blockComment: undefined, apostrophe: 'none' },
};

const LISTED = new Map(Object.entries(BY_ID));

export function lexicon(languageId: string): Lexicon {
  const listed = LISTED.get(languageId);
  if (listed !== undefined) return listed;
  if (isProse(languageId)) return PROSE;
  const comment = lineComment(languageId);
  return comment === '//' ? C_LIKE : { ...C_LIKE, lineComments: [comment], blockComment: undefined };
}
