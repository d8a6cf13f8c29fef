/** A commit message from a diff: the part of the diff to send, the prompt, and the message in the answer. */
import { fenceFor, type TextMessage } from '../ask/assemble.ts';
import { holdsPrivateKey, isSecretFile } from '../ask/secretFiles.ts';

/** Characters of one file's diff, and of all diffs; the rest adds little to a summary. */
const FILE_CHARS = 6_000;
const ALL_CHARS = 40_000;
/** Characters of one earlier message. */
const STYLE_CHARS = 400;
const MOST_STYLES = 8;

export interface SentDiff {
  readonly text: string;
  /** Files that look like secrets; their diffs are not sent. */
  readonly secret: readonly string[];
  /** Files that are named without their diff, for lack of room. */
  readonly named: readonly string[];
}

export function diffToSend(diff: string): SentDiff {
  const secret: string[] = [];
  const named: string[] = [];
  let text = '';
  for (const section of diff.split(/^(?=diff --git )/m)) {
    if (section.trim() === '') continue;
    const paths = pathsOf(section);
    const path = paths.at(-1) ?? '';
    if (paths.some(isSecretFile) || holdsPrivateKey(section)) secret.push(path);
    else if (text.length + Math.min(FILE_CHARS, section.length) > ALL_CHARS) named.push(path);
    else text += cut(section);
  }
  return { text, secret, named };
}

/** Old and new name. Removing the quotes of a quoted name suffices to recognize a secret by its name. */
const pathsOf = (section: string): readonly string[] => {
  const [, first = '', second = ''] =
    /^diff --git "?a\/(.{1,1000}?)"? "?b\/(.{1,1000}?)"?\r?$/m.exec(section.slice(0, 3_000)) ?? [];
  return [first, second].filter((path) => path !== '');
};

function cut(section: string): string {
  if (section.length <= FILE_CHARS) return section.endsWith('\n') ? section : `${section}\n`;
  return `${section.slice(0, section.lastIndexOf('\n', FILE_CHARS))}\n[cut]\n`;
}

const systemPrompt = [
  'You write commit messages. Answer with the message alone: no fence, no quotes, no introduction.',
  'One line of at most 72 characters in the imperative; where the change needs reasons, a blank line and short lines.',
  'Write it in the language and the form of the earlier messages, where there are any.',
].join(' ');

export function commitPrompt(
  { text, named }: SentDiff,
  earlier: readonly string[],
  draft: string,
): readonly TextMessage[] {
  const styles = earlier.slice(0, MOST_STYLES).map((message) => `- ${message.trim().slice(0, STYLE_CHARS)}`);
  const fence = fenceFor(text);
  const parts = [
    styles.length === 0 ? '' : `Earlier messages:\n${styles.join('\n')}`,
    `Diff:\n${fence}diff\n${text}${fence}`,
    named.length === 0 ? '' : `Changed too: ${named.slice(0, 200).join(', ')}`,
    draft.trim() === '' ? '' : `Begun by the user: ${draft.trim()}`,
    'Write the commit message for this diff.',
  ];
  const content = parts.filter((part) => part !== '').join('\n\n');
  return [
    { role: 'system', content: systemPrompt },
    { role: 'user', content },
  ];
}

/** The message in an answer, or in the beginning of one. */
export function messageIn(answer: string): string {
  const fenced = /^(?:[^\n`]{0,200}:\s{0,20})?(`{3,20})[^\n]*\n([^]*?)(?:\n\1|$)/.exec(answer.trimStart());
  const text = (fenced?.[2] ?? answer).trim();
  const bare = text.replace(/^(?:commit message|message)\s{0,4}:\s{0,4}/i, '');
  const quoted = /^(["'`])([^\n]{1,1000})\1$/.exec(bare);
  return (quoted?.[2] ?? bare).trimEnd();
}
