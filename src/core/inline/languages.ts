/** Facts about languages by VS Code id; an unknown language gets C-like defaults. */
const INDENTATION_BLOCKS = new Set(['python', 'yaml', 'coffeescript', 'haskell', 'fsharp', 'jade', 'nim']);

/** Whether indentation alone ends blocks, without a closing token. */
export const blocksByIndentation = (languageId: string): boolean => INDENTATION_BLOCKS.has(languageId);

const OPENERS_C = /[{[(]\s*$|=>\s*$/;
const OPENERS_COLON = /[:{[(]\s*$/;
const OPENERS_WORD = /(?:[{[(]|\b(?:do|then|begin|else))\s*$|\b(?:def|class)\s/;
const WORD_LANGUAGES = new Set(['ruby', 'lua', 'shellscript', 'elixir', 'julia', 'pascal']);

/** Whether the line ends by opening a block. */
export function opensBlock(line: string, languageId: string): boolean {
  if (blocksByIndentation(languageId)) return OPENERS_COLON.test(line);
  if (!WORD_LANGUAGES.has(languageId)) return OPENERS_C.test(line);
  return OPENERS_WORD.test(line) || (line.trimEnd().endsWith(')') && /\bfunction/.test(line));
}

const PROSE = new Set(['markdown', 'plaintext', 'latex', 'restructuredtext', 'asciidoc', 'html']);

export const isProse = (languageId: string): boolean => PROSE.has(languageId);

const LINE_COMMENT_START = /^\s*(?:\/\/|#(?!!|include|define|if|endif|pragma|\[)|--|;;|%|\*|\/\*)/;

/** Whether the cursor is in a line comment, judged by this line alone. */
export const isComment = (line: string): boolean => LINE_COMMENT_START.test(line);
