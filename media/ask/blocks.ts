/**
 * Cuts a growing Markdown text into blocks that will not change any more and a tail that still may. Pure: no elements.
 *
 * Markdown can be cut between top-level blocks: once a whole line of a further block has come, the ones before it stand.
 * So only the text from the last block on is parsed again when more arrives, and a long answer costs no more per piece
 * than a short one. Two cases need care of their own: the inside of a top-level code fence, which may be very long, is
 * handed on without parsing; a block that grows beyond all reason is cut at a line. What does not work across cuts:
 * link definitions of the reference style, and a fence inside a list item of more than `maxBlockChars`.
 */
import type { MarkdownIt } from 'markdown-it';

export type Part =
  /** A finished block of Markdown, to be rendered once. */
  | { readonly type: 'block'; readonly source: string }
  | { readonly type: 'code-start'; readonly info: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'code-end' };

/** A block longer than this is not parsed as a whole. */
const maxBlockChars = 20_000;
/** Parsed at once; keeps a large piece from looking like a large block. */
const sliceChars = 8_000;

/** A fence's first line, whole; what follows backticks on it holds none. */
const opening = /^(?:[ \t]*\n)*( {0,3})(`{3,}(?=[^`\n]*\n)|~{3,}(?!~))([^\n]*)\n/;
const maxOpeningChars = 500;

interface Fence {
  readonly marker: string;
  readonly indent: number;
}

export class BlockCutter {
  readonly #markdown: MarkdownIt;
  #rest = '';
  #fence: Fence | undefined;
  /** Inside a fence: `#rest` goes on with a line whose beginning was handed on already. */
  #midLine = false;

  constructor(markdown: MarkdownIt) {
    this.#markdown = markdown;
  }

  /** The open block's Markdown, '' inside a fence: replaces what was shown of it before. */
  get tail(): string {
    return this.#fence ? '' : this.#rest;
  }

  push(piece: string): readonly Part[] {
    const parts: Part[] = [];
    for (let at = 0; at < piece.length; at += sliceChars) {
      this.#rest += piece.slice(at, at + sliceChars);
      this.#cut(parts);
    }
    return parts;
  }

  /** No more will come: what is open is finished as it is. */
  end(): readonly Part[] {
    const [fence, rest] = [this.#fence, this.#rest];
    this.#rest = '';
    this.#fence = undefined;
    if (!fence) return rest === '' ? [] : [{ type: 'block', source: rest }];
    const last = rest === '' || (!this.#midLine && closes(rest, fence)) ? [] : [codePart(rest, fence)];
    return [...last, { type: 'code-end' }];
  }

  #cut(parts: Part[]): void {
    for (;;) {
      if (this.#fence && !this.#takeCode(this.#fence, parts)) return;
      if (this.#enterFence(parts)) continue;
      this.#takeBlocks(parts);
      if (!this.#enterFence(parts)) return;
    }
  }

  /** Hands on code up to the closing fence; true when that came. */
  #takeCode(fence: Fence, parts: Part[]): boolean {
    let at = 0;
    for (let end = this.#rest.indexOf('\n'); end >= 0; end = this.#rest.indexOf('\n', at)) {
      const isWholeLine = at > 0 || !this.#midLine;
      if (isWholeLine && closes(this.#rest.slice(at, end), fence)) {
        if (at > 0) parts.push(codePart(this.#rest.slice(0, at), fence));
        parts.push({ type: 'code-end' });
        this.#rest = this.#rest.slice(end + 1);
        this.#fence = undefined;
        this.#midLine = false;
        return true;
      }
      at = end + 1;
    }
    const startsLine = at > 0 || !this.#midLine;
    // A last, unfinished line waits while it may become the closing fence, or while its indent must be taken off.
    const waits = startsLine && (fence.indent > 0 || /^ {0,3}(?:`*|~*)\s*$/.test(this.#rest.slice(at)));
    const taken = waits ? at : this.#rest.length;
    if (taken === 0) return false;
    parts.push(codePart(this.#rest.slice(0, taken), fence));
    this.#midLine = taken > at ? true : at === 0 && this.#midLine;
    this.#rest = this.#rest.slice(taken);
    return false;
  }

  /** The top-level blocks but the last, up to where a fence begins. */
  #takeBlocks(parts: Part[]): void {
    let from = 0;
    for (const to of this.#cuts()) {
      parts.push({ type: 'block', source: this.#rest.slice(from, to) });
      from = to;
      if (opening.test(this.#rest.slice(to, to + maxOpeningChars))) break;
    }
    this.#rest = this.#rest.slice(from);
  }

  /** Offsets at which the blocks after the first begin, looking at whole lines only. */
  #cuts(): readonly number[] {
    const whole = this.#rest.slice(0, this.#rest.lastIndexOf('\n') + 1);
    if (whole.length <= maxBlockChars) {
      const lines = lineStarts(whole);
      const tokens = this.#markdown.parse(whole, {});
      const starts = tokens.flatMap(({ level, map, nesting }) =>
        level === 0 && map && nesting >= 0 ? [map[0]] : [],
      );
      const cuts = starts.slice(1).map((line) => lines[line] ?? whole.length);
      if (cuts.length > 0) return cuts;
    }
    if (this.#rest.length <= maxBlockChars) return [];
    const lineEnd = this.#rest.lastIndexOf('\n', maxBlockChars) + 1;
    return [lineEnd > 0 ? lineEnd : maxBlockChars];
  }

  /** When the rest begins with a fence's whole first line, it is code from there on. */
  #enterFence(parts: Part[]): boolean {
    const opening = /^(?:[ \t]*\n)*( {0,3})(`{3,}(?!`)|~{3,}(?!~))([^\n]*)\n/.exec(this.#rest);
    const [whole, indent, marker, info] = opening ?? [];
    if (whole === undefined || indent === undefined || marker === undefined || info === undefined)
      return false;
    if (marker.startsWith('`') && info.includes('`')) return false;
    this.#rest = this.#rest.slice(whole.length);
    this.#fence = { marker, indent: indent.length };
    this.#midLine = false;
    parts.push({ type: 'code-start', info });
    return true;
  }
}

function closes(line: string, { marker }: Fence): boolean {
  const trimmed = line.trim();
  return (
    !/^ {4}/.test(line) &&
    trimmed.length >= marker.length &&
    trimmed === marker.charAt(0).repeat(trimmed.length)
  );
}

/** The fence's own indent is taken off every line of its code. */
const codePart = (text: string, { indent }: Fence): Part => ({
  type: 'code',
  text: indent === 0 ? text : text.replaceAll(new RegExp(`^ {1,${indent}}`, 'gm'), ''),
});

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
