/**
 * Joins the rest of an answer to the answer that was cut, at its cap or with its connection, so that no seam shows. Few
 * endpoints go on with an assistant's message that stands last, so the rest is asked for by a message that quotes the
 * end of the answer and wants it repeated: what is repeated tells where to join, even in the middle of a line, and is left out. A model that opens
 * the code block again in which the answer ended has that line left out too. One that repeats nothing is taken at its
 * word, and joined as it comes.
 */
import type { TextMessage } from './assemble.ts';

/** Characters without blanks that are quoted at least, from the beginning of a line. */
const QUOTED_CHARS = 24;
const MOST_QUOTED_CHARS = 200;
/** Characters of the rest that are waited for before it is joined; the quote is within them. */
const JOIN_CHARS = 2 * MOST_QUOTED_CHARS;
/** A shorter last line says nothing by being repeated. */
const TELLING_CHARS = 4;

/** The messages that ask for the rest of an answer; of an empty one, which was all thoughts, the question again. */
export function continuation(messages: readonly TextMessage[], answer: string): readonly TextMessage[] {
  if (answer === '') return messages;
  const fence = openFence(answer) === undefined ? '' : ' You are inside a code block: do not open it again.';
  const content =
    'Your last message was cut off. Continue it exactly where it ends, without an introduction.' +
    `${fence} Begin by repeating its last characters, which are:\n${quoteOf(answer)}`;
  return [...messages, { role: 'assistant', content: answer }, { role: 'user', content }];
}

export class Seam {
  readonly #answer: string;
  #waiting: string | undefined = '';

  constructor(answer: string) {
    this.#answer = answer;
    if (answer === '') this.#waiting = undefined;
  }

  /** What of the rest is to be added to the answer now. */
  push(piece: string): string {
    if (this.#waiting === undefined) return piece;
    this.#waiting += piece;
    return this.#waiting.length < JOIN_CHARS ? '' : this.end();
  }

  /** What still waits, when no more comes. */
  end(): string {
    const rest = this.#waiting ?? '';
    this.#waiting = undefined;
    return rest === '' ? '' : joined(this.#answer, rest);
  }
}

function joined(answer: string, rest: string): string {
  const inner = openFence(answer) === undefined ? undefined : behindFence(rest);
  for (const candidate of [rest, rest.trimStart(), ...(inner === undefined ? [] : [inner])]) {
    const after = afterRepeated(answer, candidate);
    if (after !== undefined) return after;
  }
  if (inner === undefined) return rest;
  // A block that is opened again goes on with a line of its own.
  return answer.endsWith('\n') ? inner : `\n${inner}`;
}

/** What stands behind a fence that opens the rest again; undefined where none does. */
function behindFence(rest: string): string | undefined {
  const start = rest.trimStart();
  const end = start.indexOf('\n');
  return end >= 0 && /^(?:```|~~~)/.test(start) ? start.slice(end + 1) : undefined;
}

/** The rest behind what it repeats of the answer's end; undefined where it repeats nothing. */
function afterRepeated(answer: string, rest: string): string | undefined {
  const needed = quoteOf(answer).trim().length;
  for (const end of [answer, answer.trimEnd()]) {
    const lastLine = end.length - (end.lastIndexOf('\n') + 1);
    for (let length = Math.min(rest.length, end.length, JOIN_CHARS); length > 0; length--) {
      const isTelling = length >= needed || (length === lastLine && length >= TELLING_CHARS);
      if (!isTelling || !end.endsWith(rest.slice(0, length))) continue;
      const after = rest.slice(length);
      const blank = answer.slice(end.length);
      return after.startsWith(blank) ? after.slice(blank.length) : after;
    }
  }
  return undefined;
}

/**
 * The end of the answer from the beginning of a line, within the code block that is open; of a very long line, its last
 * characters.
 */
function quoteOf(answer: string): string {
  const block = openFence(answer)?.from ?? 0;
  const first = answer.slice(block).trim() === '' ? 0 : block;
  let start = answer.length;
  while (start > first && answer.slice(start).trim().length < QUOTED_CHARS)
    start = start < 2 ? 0 : answer.lastIndexOf('\n', start - 2) + 1;
  return answer.slice(Math.max(start, first, answer.length - MOST_QUOTED_CHARS));
}

/** The code block that is open at the end, and where its text begins; undefined = none is. */
function openFence(text: string): { readonly marker: string; readonly from: number } | undefined {
  let open: { readonly marker: string; readonly from: number } | undefined;
  for (const { 0: line, 1: marker = '', 2: info = '', index } of text.matchAll(FENCE)) {
    if (open === undefined) open = { marker, from: index + line.length + 1 };
    else if (marker.startsWith(open.marker) && info.trim() === '') open = undefined;
  }
  return open;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm;
