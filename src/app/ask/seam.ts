/**
 * Joins the rest of an answer to the answer that was cut, at its cap or with its connection, without a visible seam. Few
 * endpoints continue an assistant message at the end of a request, so the request for the rest quotes the end of the
 * answer and asks the model to repeat it: the repetition shows where to join, even in the middle of a line, and is
 * removed. Where the model opens the code block again in which the answer ended, that line is removed too. A rest
 * without a repetition is appended as it is.
 */
import type { TextMessage } from './assemble.ts';

/** The least number of non-blank characters to quote, from the beginning of a line. */
const QUOTED_CHARS = 24;
const MOST_QUOTED_CHARS = 200;
/** The number of characters to receive before the join; the quote is within them. */
const JOIN_CHARS = 2 * MOST_QUOTED_CHARS;
/** A shorter last line is too short to identify the place. */
const TELLING_CHARS = 4;

/**
 * The messages that request the rest of an answer; for an empty answer, which was all reasoning, the question itself.
 */
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

  /** Receives a piece of the rest; returns the text to append to the answer now. */
  push(piece: string): string {
    if (this.#waiting === undefined) return piece;
    this.#waiting += piece;
    return this.#waiting.length < JOIN_CHARS ? '' : this.end();
  }

  /** Returns the text that still waits at the end of the stream. */
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
  // The content of a code block that was opened again starts on a line of its own.
  return answer.endsWith('\n') ? inner : `\n${inner}`;
}

/** The text after a fence that opens the code block again; undefined where the rest does not start with one. */
function behindFence(rest: string): string | undefined {
  const start = rest.trimStart();
  const end = start.indexOf('\n');
  return end >= 0 && /^(?:```|~~~)/.test(start) ? start.slice(end + 1) : undefined;
}

/** The rest after its repetition of the answer's end; undefined where it repeats nothing. */
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
 * The end of the answer from the beginning of a line, within the open code block; of a very long line, its last
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

/** The code block that is open at the end, and the start of its text; undefined = none. */
function openFence(text: string): { readonly marker: string; readonly from: number } | undefined {
  let open: { readonly marker: string; readonly from: number } | undefined;
  for (const { 0: line, 1: marker = '', 2: info = '', index } of text.matchAll(FENCE)) {
    if (open === undefined) open = { marker, from: index + line.length + 1 };
    else if (marker.startsWith(open.marker) && info.trim() === '') open = undefined;
  }
  return open;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm;
