/**
 * Reasoning that a model writes into its text: `<think>` and similar tags, channels, bracketed tags. A server with the
 * right parser removes it; many lack one for the model they serve. PILOT treats the content of such tags as reasoning,
 * so that it is folded away and never sent back.
 *
 * An opener counts only at the beginning of an answer, or right after closed reasoning, so that text about such tags
 * stays text. Where the prompt's template contains the opener, the answer begins inside the reasoning: its closer,
 * outside code and quotes, then shows that all text before it was reasoning. This does not apply where the request
 * itself mentions the tag. Pieces are held back only while they may be the beginning of a tag; each character is read a
 * bounded number of times.
 */

import { THOUGHT_TAGS } from '../../core/thoughtTags.ts';
import type { ThoughtTags } from '../../core/thoughtTags.ts';

export type Piece =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  /** All text so far was reasoning. */
  | { readonly type: 'text-was-reasoning' };

/** Marks around an answer that are neither reasoning nor text. */
const LABELS: readonly string[] = [
  '<|start|>assistant<|channel|>final<|message|>',
  '<|channel|>final<|message|>',
  '<|START_RESPONSE|>',
  '<|begin_of_solution|>',
  '<|begin_of_box|>',
];
/** Labels that count only directly after thoughts; elsewhere they are text (Hunyuan, Ernie). */
const LABELS_BEHIND_THOUGHTS: readonly string[] = ['<answer>', '<response>'];
/** Marks at the end of an answer that began with a label. */
const END_TAGS: readonly string[] = [
  '<|return|>',
  '<|end|>',
  '<|END_RESPONSE|>',
  '<|end_of_solution|>',
  '<|end_of_box|>',
  '</answer>',
  '</response>',
];
/** Control tokens that servers with a wrong template leave at the end of an answer. */
const LEAKED: readonly string[] = [
  '<|im_end|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|endoftext|>',
  '<|end|>',
  '<|return|>',
  '<end_of_turn>',
  '<｜end▁of▁sentence｜>',
  '</s>',
];

/** Closers that occur alone where the template contains the opener. */
const BARE: readonly string[] = THOUGHT_TAGS.flatMap(({ close }) => close.slice(0, 1)).filter(
  (closer) => !closer.startsWith('<|channel') && closer !== '<channel|>',
);
const OPENERS = THOUGHT_TAGS.flatMap(({ open }) => open);
const LONGEST_TAG = 64;
/**
 * The most characters held back for a possible tag, and the most tags of one answer; beyond either, everything passes
 * unchanged.
 */
const MOST_HELD = 4_096;
const MOST_TAGS = 256;

export class ReasoningSplitter {
  #bare: readonly string[];
  #state: 'start' | 'reasoning' | 'text' = 'start';
  #family: ThoughtTags | undefined;
  #held = '';
  #labelled = false;
  /** Struck-out text in markup ends like a text in Llama's vocabulary. */
  #strikes = false;
  readonly #leaked: readonly string[];
  #begins = true;
  /** Number of tags so far; beyond the limit the rest is text. */
  #tags = 0;
  readonly #code = new CodeTracker();

  /** `sent`: the user's messages; a tag that they mention may be the topic of the answer. */
  constructor(sent: string) {
    this.#bare = BARE.filter((closer) => !sent.includes(closer));
    this.#leaked = LEAKED.filter((token) => !sent.includes(token));
  }

  push(text: string): Piece[] {
    if (text === '') return [];
    this.#held += text;
    return this.#go(false);
  }

  end(): Piece[] {
    return this.#go(true);
  }

  #go(isEnd: boolean): Piece[] {
    const pieces: Piece[] = [];
    let goesOn = true;
    while (goesOn && this.#held !== '') {
      if (this.#state === 'start') goesOn = this.#start(isEnd);
      else if (this.#state === 'reasoning') goesOn = this.#reasoning(pieces, isEnd);
      else goesOn = this.#text(pieces, isEnd);
    }
    return pieces;
  }

  /** Blank until an opener, a label, or text begins. */
  #start(isEnd: boolean): boolean {
    const begun = this.#held.trimStart();
    const mayGoOn = (tags: readonly string[]): boolean =>
      tags.some((candidate) => candidate.length > begun.length && candidate.startsWith(begun));
    const isShort = this.#held.length < MOST_HELD;
    const labels = this.#family ? [...LABELS, ...LABELS_BEHIND_THOUGHTS] : LABELS;
    if (!isEnd && isShort && (begun === '' || mayGoOn(OPENERS) || mayGoOn(labels))) return false;
    const mayOpen = this.#tags++ < MOST_TAGS;
    const label = mayOpen ? labels.find((candidate) => begun.startsWith(candidate)) : undefined;
    const family = mayOpen
      ? THOUGHT_TAGS.find(({ open }) => open.some((opener) => begun.startsWith(opener)))
      : undefined;
    if (label !== undefined) {
      this.#labelled = true;
      this.#held = begun.slice(label.length).replace(/^\n+/, '');
    } else if (family) {
      const opener = family.open.filter((candidate) => begun.startsWith(candidate)).sort(byLength)[0] ?? '';
      this.#family = family;
      this.#state = 'reasoning';
      this.#held = begun.slice(opener.length);
    } else {
      // Blank lines between reasoning and answer belong to neither.
      this.#held = this.#family || this.#labelled ? begun : this.#held;
      this.#state = 'text';
    }
    return this.#held !== '';
  }

  #reasoning(pieces: Piece[], isEnd: boolean): boolean {
    const { close } = this.#family ?? { close: [] };
    const found = earliest(this.#held, close);
    if (found) {
      this.#say(pieces, 'reasoning', this.#held.slice(0, found.at));
      this.#held = this.#held.slice(found.at + found.tag.length);
      this.#labelled ||= found.tag.includes('<|channel|>final');
      this.#state = 'start';
      return true;
    }
    return this.#flush(pieces, 'reasoning', isEnd || !mayEndInTag(this.#held, close));
  }

  #text(pieces: Piece[], isEnd: boolean): boolean {
    const found = this.#family || this.#labelled ? undefined : earliest(this.#held, this.#bare);
    if (found) {
      const before = this.#held.slice(0, found.at);
      const after = this.#held.slice(found.at + found.tag.length);
      this.#code.read(before);
      if (this.#code.isProse) {
        if (before !== '') pieces.push({ type: 'text', text: before });
        pieces.push({ type: 'text-was-reasoning' });
        this.#family = THOUGHT_TAGS.find(({ close }) => close.includes(found.tag));
        this.#state = 'start';
      } else {
        this.#code.read(found.tag);
        pieces.push({ type: 'text', text: before + found.tag });
        if (this.#tags++ > MOST_TAGS) this.#bare = [];
      }
      this.#held = after;
      return true;
    }
    this.#strikes ||= /<s[\s>]/.test(this.#held);
    if (isEnd) this.#held = this.#withoutEnds(this.#held);
    const tags = [
      ...this.#leaked,
      ...(this.#labelled ? END_TAGS : []),
      ...(this.#family || this.#labelled ? [] : this.#bare),
    ];
    return this.#flush(pieces, 'text', isEnd || !mayEndInTag(this.#held, tags));
  }

  /** The end of the answer without the server's end marks, in any order; in code and in quotes they are text. */
  #withoutEnds(text: string): string {
    let rest = text;
    for (let n = 0; n < MOST_ENDS; n += 1) {
      const body = rest.trimEnd();
      const label = this.#labelled ? END_TAGS.find((tag) => body.endsWith(tag)) : undefined;
      const token = label ?? this.#leaked.find((tag) => body.endsWith(tag));
      if (token === undefined || (token === '</s>' && this.#strikes)) return rest;
      const before = body.slice(0, body.length - token.length);
      if (label === undefined && !this.#code.isProseAfter(before)) return rest;
      rest = label === undefined ? before : before.trimEnd();
    }
    return rest;
  }

  /** Emits everything held back, or nothing, so that there are no more pieces than arrived. */
  #flush(pieces: Piece[], type: 'text' | 'reasoning', isFree: boolean): false {
    if (!isFree && this.#held.length < MOST_HELD) return false;
    if (type === 'text') this.#code.read(this.#held);
    this.#say(pieces, type, this.#held);
    this.#held = '';
    return false;
  }

  #say(pieces: Piece[], type: 'text' | 'reasoning', text: string): void {
    const shown = this.#begins && type === 'reasoning' ? text.trimStart() : text;
    if (shown === '') return;
    if (type === 'reasoning') this.#begins = false;
    pieces.push({ type, text: shown });
  }
}

/** An earlier answer in the form in which it is sent to a model again. */
export function withoutReasoning(answer: string, sent: () => string): string {
  if (!MAY_HOLD_TAGS.test(answer)) return answer;
  const splitter = new ReasoningSplitter(sent());
  let text = '';
  for (const piece of [...splitter.push(answer), ...splitter.end()]) {
    if (piece.type === 'text-was-reasoning') text = '';
    else if (piece.type === 'text') text += piece.text;
  }
  return text;
}

const MAY_HOLD_TAGS = /think|thought|reasoning|THINK|channel|<unused9|<\||<end_of_turn|<｜|<\/s>/;
/** Consecutive control tokens at the end of an answer. */
const MOST_ENDS = 8;

const byLength = (a: string, b: string): number => b.length - a.length;

/** The first of the tags in the text; at the same place the longest. */
function earliest(text: string, tags: readonly string[]): { at: number; tag: string } | undefined {
  let best: { at: number; tag: string } | undefined;
  for (const candidate of tags) {
    const at = text.indexOf(candidate);
    if (at < 0 || (best && (at > best.at || (at === best.at && candidate.length <= best.tag.length))))
      continue;
    best = { at, tag: candidate };
  }
  return best;
}

/** Whether the end of the text may be the beginning of a tag, or (for an end tag) the tag followed by blanks. */
function mayEndInTag(text: string, tags: readonly string[]): boolean {
  const tail = text.slice(-LONGEST_TAG);
  const whole = tail.trimEnd();
  return tags.some((candidate) => {
    if (whole.endsWith(candidate)) return true;
    for (let length = Math.min(candidate.length, tail.length); length > 0; length--) {
      if (tail.endsWith(candidate.slice(0, length))) return true;
    }
    return false;
  });
}

/** Tracks whether the next text is in a code block or in code quotes of its line, over all text so far. */
class CodeTracker {
  #inBlock = false;
  /** For the unfinished line: its beginning, its last character, and its number of code quotes. */
  #head = '';
  #last = '';
  #quotes = 0;

  read(text: string): void {
    const lines = text.split('\n');
    for (const [position, part] of lines.entries()) {
      if (position > 0) this.#endLine();
      this.#head += part.slice(0, Math.max(0, FENCE_ROOM - this.#head.length));
      this.#last = part.at(-1) ?? this.#last;
      this.#quotes += part.split('`').length - 1;
    }
  }

  /** The same after further text, which is not kept. */
  isProseAfter(text: string): boolean {
    const copy = new CodeTracker();
    copy.#inBlock = this.#inBlock;
    copy.#head = this.#head;
    copy.#last = this.#last;
    copy.#quotes = this.#quotes;
    copy.read(text);
    const endsBlock = copy.#inBlock && /^\s{0,8}(?:`{3,9}|~{3,9})\s*$/.test(copy.#head);
    return endsBlock || copy.isProse;
  }

  /** Whether the position is outside code and not right after a quotation mark. */
  get isProse(): boolean {
    return (
      !this.#inBlock &&
      !FENCE.test(this.#head) &&
      this.#quotes % 2 === 0 &&
      !QUOTATION.includes(this.#last || ' ')
    );
  }

  #endLine(): void {
    if (FENCE.test(this.#head)) this.#inBlock = !this.#inBlock;
    this.#head = '';
    this.#last = '';
    this.#quotes = 0;
  }
}

const FENCE_ROOM = 12;
const FENCE = /^\s{0,8}(?:```|~~~)/;
const QUOTATION = '"\'“‘«';
