/** Control tokens and tags of thoughts in an answer: the user's own text, or leaked by a server. */
import assert from 'node:assert/strict';
import { stripArtefacts } from '../../../../src/core/inline/artefacts.ts';
import type { FimFormatId } from '../../../../src/core/inline/fim/format.ts';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { at } from './fimCase.ts';

interface Case {
  readonly input: string;
  readonly raw: string;
  readonly stays: string;
  readonly format?: FimFormatId;
  readonly language?: string;
}

function check(cases: readonly Case[]): void {
  for (const { input, raw, stays, format = 'suffix', language = 'typescript' } of cases) {
    it(`${JSON.stringify(input)} with ${JSON.stringify(raw)}`, () => {
      const asked = {
        format: fimFormat(format) ?? assert.fail(format),
        cursor: at(input),
        languageId: language,
      };
      assert.equal(stripArtefacts(raw, asked), stays);
    });
  }
}

const LISTS = "const OPEN = ['<think>', '[THINK]'];\nconst ENDS = ['<|im_end|>', '<eos>'];\n";

describe('tokens in strings and comments of a document that speaks of such tokens stay', () => {
  check([
    { input: `${LISTS}const more = ['<|fim|>'];\n`, raw: '<|eot_id|>', stays: '<|eot_id|>' },
    { input: `${LISTS}const more = [<|fim|>];\n`, raw: "'</s>', '<EOT>'", stays: "'</s>', '<EOT>'" },
    { input: `${LISTS}const close = '<|fim|>';\n`, raw: '</think>', stays: '</think>' },
    { input: `${LISTS}const seed = '<|fim|>';\n`, raw: '<seed:think>', stays: '<seed:think>' },
    { input: `${LISTS}const all = [<|fim|>];\n`, raw: "'<|im_end|>', '</s>'", stays: "'<|im_end|>', '</s>'" },
    {
      input: `${LISTS}// An answer ends with \`<|fim|>\n`,
      raw: '<|eot_id|>` here',
      stays: '<|eot_id|>` here',
    },
    {
      input: `${LISTS}const all = [<|fim|>];\n`,
      raw: "'<|im_end|>', '<eos>'",
      stays: "'<|im_end|>', '<eos>'",
      format: 'qwen',
    },
  ]);
});

describe('tokens in strings that the answer writes stay, whatever the document', () => {
  check([
    {
      input: 'vocabulary = [<|fim|>]\n',
      raw: "'<pad>', '<unk>', '<s>', '</s>'",
      stays: "'<pad>', '<unk>', '<s>', '</s>'",
      language: 'python',
    },
    {
      input: 'const USAGE = <|fim|>\n',
      raw: "'Usage: pack <filename> [options]';",
      stays: "'Usage: pack <filename> [options]';",
    },
    { input: 'Usage: <|fim|>\n', raw: 'pack <filename>', stays: 'pack <filename>', language: 'markdown' },
    { input: '<p><|fim|>\n', raw: '<s>9</s> now 7</p>', stays: '<s>9</s> now 7</p>', language: 'html' },
  ]);
});

describe('what a server leaks goes', () => {
  check([
    { input: 'const a = <|fim|>\n', raw: 'b;<|eot_id|>', stays: 'b;' },
    { input: "const a = '<|fim|>';\n", raw: 'text<|eot_id|>', stays: 'text' },
    { input: `${LISTS}const a = <|fim|>\n`, raw: 'b;<|eot_id|>\nnext();', stays: 'b;' },
    { input: `${LISTS}const a = '<|fim|>';\n`, raw: 'text<|eot_id|>', stays: 'text' },
    { input: `${LISTS}const a = '<|fim|>';\n`, raw: 'text<|fim_pad|>', stays: 'text', format: 'qwen' },
    { input: `${LISTS}const a = <|fim|>\n`, raw: '<thinking>\nWell.\n</thinking>\nb;', stays: 'b;' },
    { input: `${LISTS}const a = '<|fim|>'\n`, raw: '<seed:think>\nWell.\n</seed:think>\nb', stays: 'b' },
    { input: 'const a = <|fim|>\n', raw: "<think>Let's see.</think>'b';", stays: "'b';" },
    { input: 'const a = <|fim|>\n', raw: '<|START_THINKING|>Well.<|END_THINKING|>b;', stays: 'b;' },
    { input: 'const a = <|fim|>\n', raw: '<mm:think>Well', stays: '' },
    { input: 'f();\n<|fim|>\n', raw: 'g();\n<filename>b.ts\nh();', stays: 'g();\n' },
  ]);
});
