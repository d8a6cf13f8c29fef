import assert from 'node:assert/strict';
import { createStreamGate } from '../../../../src/core/inline/streamGate.ts';
import type { StopReason } from '../../../../src/core/inline/streamGate.ts';
import { at } from './fimCase.ts';

interface Case {
  readonly name: string;
  /** With <|fim|> at the cursor. */
  readonly marked: string;
  readonly raw: string;
  readonly multiline?: boolean;
  readonly languageId?: string;
  readonly reason: StopReason | undefined;
  /** The part of it that stands. */
  readonly stands: string;
  /** The length of the stream at the stop, if that is not all of it: the rest is not paid for. */
  readonly seen?: string;
}

const BLOCK = 'function f() {\n  if (x) {\n    <|fim|>\n  }\n}\n';
const loop = '    log(a);\n    log(b);\n';

const cases: readonly Case[] = [
  {
    name: 'the end of the line, where one line is wanted',
    marked: 'a = <|fim|>',
    raw: 'f(x);\ng(y);',
    multiline: false,
    reason: 'line-end',
    stands: 'f(x);',
    seen: 'f(x);\n',
  },
  {
    name: 'a line break before the first word is a habit, not the end',
    marked: 'a();\n<|fim|>',
    raw: '\nb();\nc();',
    multiline: false,
    reason: 'line-end',
    stands: '\nb();',
    seen: '\nb();\n',
  },
  {
    name: 'nothing but white space',
    marked: 'a = <|fim|>',
    raw: ' '.repeat(300),
    multiline: false,
    reason: 'blank-line',
    stands: '',
    seen: ' '.repeat(201),
  },
  {
    name: 'two blank lines',
    marked: BLOCK,
    raw: 'a();\n\n\n    b();\n',
    reason: 'blank-line',
    stands: 'a();\n',
    seen: 'a();\n\n\n',
  },
  {
    name: 'a fence',
    marked: BLOCK,
    raw: 'a();\n```\nThat was it.',
    reason: 'marker',
    stands: 'a();',
    seen: 'a();\n```',
  },
  {
    name: 'another file',
    marked: BLOCK,
    raw: 'a();\n+++++ b.ts\nx',
    reason: 'marker',
    stands: 'a();',
    seen: 'a();\n+++++ ',
  },
  {
    name: 'a path',
    marked: BLOCK,
    raw: 'a();\n/src/b.ts\nx',
    reason: 'marker',
    stands: 'a();',
    seen: 'a();\n/src/',
  },
  {
    name: 'a diff',
    marked: BLOCK,
    raw: 'a();\ndiff --git a/b c',
    reason: 'marker',
    stands: 'a();',
    seen: 'a();\ndiff --git',
  },
  {
    name: 'the head of another file',
    marked: BLOCK,
    raw: 'a();\n#- coding: utf-8\n',
    reason: 'marker',
    stands: 'a();\n',
    seen: 'a();\n#- coding: utf-8',
  },
  {
    name: 'what stands below',
    marked: 'if (x) {\n  <|fim|>\n  done(x);\n}\n',
    raw: 'a();\n  done(x);\n  b();\n',
    reason: 'suffix-reached',
    stands: 'a();',
    seen: 'a();\n  done(x);\n',
  },
  {
    name: 'what nearly stands below',
    marked: 'if (x) {\n  <|fim|>\n  const finished = finish(everything);\n}\n',
    raw: 'a();\n  const finished = finish(everythin);\n  b();\n',
    reason: 'line-below',
    stands: 'a();',
    seen: 'a();\n  const finished = finish(everythin);\n',
  },
  {
    name: 'a loop over lines',
    marked: BLOCK,
    raw: `start();\n${loop.repeat(8)}`,
    reason: 'repetition',
    stands: `start();\n${loop}`.trimEnd(),
  },
  {
    name: 'a loop within one line',
    marked: BLOCK,
    raw: `a();\n    ${'na '.repeat(200)}`,
    reason: 'repetition',
    stands: 'a();',
  },
  {
    name: 'a bracket nobody opened',
    marked: 'f(<|fim|>\n',
    raw: 'a\n)\n)\n',
    reason: 'stray-closer',
    stands: 'a\n)',
    seen: 'a\n)\n)\n',
  },
  {
    name: 'the end of the block',
    marked: BLOCK,
    raw: 'a();\n  }\n  other();\n',
    reason: 'block-end',
    stands: 'a();',
  },
  {
    name: 'the end of a block by indentation',
    marked: 'def f():\n    if x:\n        <|fim|>\n',
    raw: 'a()\n    b()\nc()\n',
    languageId: 'python',
    reason: 'block-end',
    stands: 'a()',
    seen: 'a()\n    b()\n',
  },
  {
    name: 'too many lines',
    marked: BLOCK,
    raw: Array.from({ length: 60 }, (_, i) => `    call${i * i}(x${i}, "${'q'.repeat(i % 7)}");`).join('\n'),
    reason: 'too-long',
    stands: '',
  },
  {
    name: 'too much text',
    marked: BLOCK,
    raw: Array.from({ length: 900 }, (_, i) => `w${i * 7919}`).join(' '),
    reason: 'too-long',
    stands: '',
  },
  {
    name: 'nothing of the kind: no stop',
    marked: BLOCK,
    raw: 'a();\n    b();\n',
    reason: undefined,
    stands: 'a();\n    b();\n',
  },
];

describe('a stream is cut where what follows would not be shown', () => {
  for (const { name, marked, raw, multiline = true, languageId = 'typescript', ...expected } of cases) {
    it(`${name}: ${expected.reason ?? 'goes on'}`, () => {
      const gate = createStreamGate({ cursor: at(marked), multiline, languageId, tabSize: 4 });
      let [seen, said] = ['', gate.check('')];
      // One character at a time, the finest possible stream.
      for (const char of raw) {
        seen += char;
        said = gate.check(seen);
        if (said.reason !== undefined) break;
      }
      assert.equal(said.reason, expected.reason);
      if (expected.seen !== undefined) assert.equal(seen, expected.seen);
      const stands = seen.slice(0, said.end);
      if (expected.stands !== '') assert.equal(stands, expected.stands);
      assert.ok(raw.startsWith(stands));
      if (expected.reason === 'too-long') {
        assert.ok(stands.split('\n').length <= 40 && stands.length <= 4000, `${stands.length}`);
      }
    });
  }
});
