/**
 * Splits a growing Markdown text into finished blocks and a tail that may still change. Pure, without elements.
 *
 * Markdown can be split between top-level blocks: once a whole line of a further block has arrived, the earlier blocks
 * are final. So only the text from the last block on is parsed again when more arrives, and the cost for each piece
 * does not grow with the answer. Two cases are handled separately: the content of a top-level code fence, which may be
 * very long, is passed on without parsing; a block that grows beyond a limit is cut at a line. Not supported across
 * cuts: reference-style link definitions, and a fence inside a list item of more than `maxBlockChars`.
 */
import type { MarkdownIt } from 'markdown-it';

export type Part =
  /** A finished block of Markdown, rendered once. */
  | { readonly type: 'block'; readonly source: string }
  | { readonly type: 'code-start'; readonly info: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'code-end' };

/** A longer block is not parsed as a whole. */
const maxBlockChars = 20_000;
/** Characters parsed at once, so a large piece does not count as a large block. */
const sliceChars = 8_000;

/** The complete first line of a fence; after the backticks it contains none. */
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
  /** Inside a fence: whether `#rest` continues a line whose beginning was passed on already. */
  #midLine = false;

  constructor(markdown: MarkdownIt) {
    this.#markdown = markdown;
  }

  /** The open block's Markdown, which replaces what was shown of it before; '' inside a fence. */
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

  /** Finishes what is open at the end of the text. */
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

  /** Passes on code up to the closing fence; true when the closing fence arrived. */
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
    // An unfinished last line waits while it may become the closing fence, or while its indent must be removed.
    const waits = startsLine && (fence.indent > 0 || /^ {0,3}(?:`*|~*)\s*$/.test(this.#rest.slice(at)));
    const taken = waits ? at : this.#rest.length;
    if (taken === 0) return false;
    parts.push(codePart(this.#rest.slice(0, taken), fence));
    this.#midLine = taken > at ? true : at === 0 && this.#midLine;
    this.#rest = this.#rest.slice(taken);
    return false;
  }

  /** The top-level blocks except the last, up to the start of a fence. */
  #takeBlocks(parts: Part[]): void {
    let from = 0;
    for (const to of this.#cuts()) {
      parts.push({ type: 'block', source: this.#rest.slice(from, to) });
      from = to;
      if (opening.test(this.#rest.slice(to, to + maxOpeningChars))) break;
    }
    this.#rest = this.#rest.slice(from);
  }

  /** Offsets at which the blocks after the first begin, judged by whole lines only. */
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

  /** If the rest begins with the complete first line of a fence, the following text is code. */
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

/** Removes the fence's own indent from every line of its code. */
const codePart = (text: string, { indent }: Fence): Part => ({
  type: 'code',
  text: indent === 0 ? text : text.replaceAll(new RegExp(`^ {1,${indent}}`, 'gm'), ''),
});

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
