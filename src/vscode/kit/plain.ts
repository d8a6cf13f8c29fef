/**
 * VS Code turns `[text](command:...)`, and the same with a web address, into a link in every notification and progress
 * title, and a click runs the command. Text of a model, a server or a settings file must not become a link: an
 * invisible zero-width space separates the two brackets. VS Code knows no other form of link there.
 */
export const plain = (text: string): string => text.replaceAll('](', ']\u200b(');

/**
 * One line as Markdown that shows its text unchanged, so a model's label cannot contain Markdown. VS Code's own
 * `appendText` makes all spaces non-breaking, so lines break inside words.
 */
export const escapedMarkdown = (line: string): string =>
  line.replace(/[\\`*_{}[\]()#+\-!~<>|&$]/g, '\\$&').replaceAll(/\s+/g, ' ');
