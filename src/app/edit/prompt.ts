/** The prompt of an edit: the lines, their surroundings, and the instruction. */
import { fenceFor, type TextMessage } from '../ask/assemble.ts';
import type { View } from '../call/orders.ts';
import type { EditPlace } from './answer.ts';

/** An earlier instruction of the same edit with its answer. */
export interface EditTurn {
  readonly instruction: string;
  readonly answer: string;
}

/** Characters before and after the lines, which the model only reads. */
const AROUND_CHARS = 6_000;
/** Characters of the lines themselves, whose new version has to fit in an answer. */
export const MOST_EDITED_CHARS = 24_000;

/** Short, since every edit pays for it. */
const systemPrompt = [
  'You edit code inside Visual Studio Code.',
  'Answer with one fenced code block that holds the new version of the lines to edit, all of them, with their own',
  'indentation and without ellipses, so that it can replace them. Leave out the lines around them. Explain nothing.',
].join(' ');

export function editMessages(
  place: EditPlace,
  instruction: string,
  earlier: readonly EditTurn[],
): readonly TextMessage[] {
  const messages: TextMessage[] = [{ role: 'system', content: systemPrompt }];
  for (const turn of earlier) {
    messages.push({ role: 'user', content: turn.instruction }, { role: 'assistant', content: turn.answer });
  }
  return [...messages, { role: 'user', content: userContent(place, instruction) }];
}

/** The router's view: the instruction, and the amount of text sent with it. */
export function editView(
  { languageId }: Pick<EditPlace, 'languageId'>,
  instruction: string,
  messages: readonly TextMessage[],
  turn: number,
): View {
  const contextChars = messages.reduce((sum, { content }) => sum + content.length, -instruction.length);
  return { text: instruction, languageId, contextChars, turn, referenceCount: 1 };
}

function userContent({ file, region, fileName, languageId }: EditPlace, instruction: string): string {
  const before = atLineStart(
    file.slice(Math.max(0, region.start - AROUND_CHARS), region.start),
    region.start,
  );
  const after = atLineEnd(file.slice(region.end, region.end + AROUND_CHARS), file.length - region.end);
  const parts = [
    `File: ${fileName}`,
    before === '' ? '' : fenced('Lines before', before, languageId),
    fenced('Lines to edit', file.slice(region.start, region.end), languageId),
    after === '' ? '' : fenced('Lines after', after, languageId),
    `Edit: ${instruction}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function fenced(heading: string, text: string, languageId: string): string {
  const fence = fenceFor(text);
  return `${heading}:\n${fence}${languageId}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}

const atLineStart = (text: string, of: number): string =>
  text.length === of ? text : text.slice(text.indexOf('\n') + 1);

const atLineEnd = (text: string, of: number): string =>
  text.length === of ? text : text.slice(0, text.lastIndexOf('\n') + 1);
