/** The case format of this folder: `before<|fim|>after` and a model's raw output give the shown text. */
import assert from 'node:assert/strict';
import { cursorText } from '../../../../src/core/inline/cursorText.ts';
import type { CursorText } from '../../../../src/core/inline/cursorText.ts';
import type { FimFormat, FimFormatId } from '../../../../src/core/inline/fim/format.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { postProcess } from '../../../../src/core/inline/postProcess.ts';
import type { Suppressed } from '../../../../src/core/inline/postProcess.ts';
import { createStreamGate, streamVerdict } from '../../../../src/core/inline/streamGate.ts';

export interface FimCase {
  readonly name: string;
  readonly input: string;
  readonly raw: string;
  /** The document after acceptance has this in place of the mark; or the reason to show nothing. */
  readonly shows: string | { readonly suppressed: Suppressed };
  readonly format?: FimFormatId;
  readonly multiline?: boolean;
  readonly language?: string;
  readonly tabs?: boolean;
}

export const at = (marked: string): CursorText => {
  const [before, after, ...rest] = marked.split('<|fim|>');
  assert.ok(before !== undefined && after !== undefined && rest.length === 0, `one mark in ${marked}`);
  return cursorText(before, after);
};

export function checkFim(cases: readonly FimCase[]): void {
  for (const { name, input, raw, shows, ...options } of cases) {
    it(name, () => {
      const gateInput = {
        cursor: at(input),
        multiline: options.multiline ?? false,
        languageId: options.language ?? 'typescript',
        tabSize: 2,
      };
      const format = fimFormat(options.format ?? 'qwen');
      assert.ok(format);
      const result = postProcess(streamed(raw, gateInput, format), {
        ...gateInput,
        format,
        insertSpaces: options.tabs !== true,
      });
      assert.deepEqual(result.ok ? result.value : { suppressed: result.error }, shows);
    });
  }
}

/** Feeds the gate three characters at a time, like a network, and stops where it says so. */
function streamed(raw: string, input: Parameters<typeof createStreamGate>[0], format: FimFormat): string {
  const gate = createStreamGate(input);
  for (let end = 3; end < raw.length; end += 3) {
    if (streamVerdict(raw.slice(0, end), format, gate) !== undefined) return raw.slice(0, end);
  }
  return raw;
}
