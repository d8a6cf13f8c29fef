/**
 * VS Code makes `[text](command:...)`, and the same with a web address, a link in every notification and progress
 * title, and a click runs the command. What a model, a server or a settings file says must not become one: a
 * zero-width space parts the two brackets, which a reader does not see. There is no other form of link there.
 */
export const plain = (text: string): string => text.replaceAll('](', ']\u200b(');

/**
 * One line as Markdown that reads as it stands, so that a model's label cannot write Markdown. VS Code's own
 * `appendText` makes all spaces such that no line breaks at them, and breaks words instead.
 */
export const escapedMarkdown = (line: string): string =>
  line.replace(/[\\`*_{}[\]()#+\-!~<>|&$]/g, '\\$&').replaceAll(/\s+/g, ' ');
