/** Bracket and quote pairs of one line, found without the code under test, and the effect of an answer on them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import assert from 'node:assert/strict';
import { cursorText } from '../../../../src/core/inline/cursorText.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { postProcess } from '../../../../src/core/inline/postProcess.ts';
import { replacement } from '../../../../src/core/inline/replacement.ts';

export const LANGUAGE: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.py': 'python',
  '.go': 'go',
  '.rs': 'rust',
};

/** Files with code under `place`, in the order of their names. */
export function sources(place: string): readonly string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => LANGUAGE[path.extname(name)] !== undefined)
    .sort()
    .map((name) => path.join(place, name));
}

export interface Pair {
  readonly file: string;
  readonly text: string;
  /** Offset after the opener. */
  readonly from: number;
  /** Offset of the closer. */
  readonly to: number;
}

const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Of each line by itself, strings and comments included: pairs whose inner text is not blank. */
export function pairsOf(file: string): readonly Pair[] {
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const found: Pair[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    for (const [from, to] of [...bracketPairs(line), ...quotePairs(line)]) {
      if (line.slice(from, to).trim() !== '') found.push({ file, text, from: start + from, to: start + to });
    }
    start += line.length + 1;
  }
  return found;
}

function bracketPairs(line: string): [number, number][] {
  const found: [number, number][] = [];
  const open: { closer: string; from: number }[] = [];
  for (let i = 0; i < line.length; i += 1) {
    const closer = CLOSER[line.charAt(i)];
    if (closer !== undefined) open.push({ closer, from: i + 1 });
    else if (open.at(-1)?.closer === line.charAt(i)) found.push([open.pop()?.from ?? i, i]);
  }
  return found;
}

function quotePairs(line: string): [number, number][] {
  const found: [number, number][] = [];
  for (const quote of ['"', "'", '`']) {
    let from = 0;
    for (let i = 0; i < line.length; i += 1) {
      if (line[i] === '\\') i += 1;
      else if (line[i] === quote) {
        if (from > 0) found.push([from, i]);
        from = from > 0 ? 0 : i + 1;
      }
    }
  }
  return found;
}

export interface Place {
  readonly before: string;
  readonly after: string;
  readonly languageId: string;
  readonly multiline?: boolean;
}

/** The document after acceptance of the answer; unchanged where nothing is shown. */
export function accepted(answer: string, { before, after, languageId, multiline = false }: Place): string {
  const format = fimFormat('qwen');
  assert.ok(format);
  const cursor = cursorText(before, after);
  const input = { cursor, format, multiline, languageId, tabSize: 2, insertSpaces: true };
  const processed = postProcess(answer, input);
  if (!processed.ok) return before + after;
  const put = replacement(processed.value, cursor, languageId);
  return before + put.text + after.slice(put.covers);
}

/** As much on each side as the extension reads of a document. */
export function isRestored({ file, text, from, to }: Pair): boolean {
  const before = text.slice(Math.max(0, from - 24_000), from);
  const after = text.slice(to, to + 8000);
  const inner = text.slice(from, to);
  const languageId = LANGUAGE[path.extname(file)] ?? 'plaintext';
  return accepted(inner, { before, after, languageId }) === before + inner + after;
}
