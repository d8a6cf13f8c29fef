import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fimFormat } from '../../../../src/core/inline/fim/templates.ts';
import { FIM_FORMAT_IDS } from '../../../../src/core/inline/fim/format.ts';
import { postProcess } from '../../../../src/core/inline/postProcess.ts';
import { at, checkFim } from './fimCase.ts';

describe('what is shown, by family', () => {
  checkFim([
    {
      name: 'qwen: its end token',
      input: 'const a = <|fim|>;\n',
      raw: '1<|endoftext|>garbage',
      shows: { suppressed: 'too-short' },
    },
    {
      name: 'qwen: pad and middle tokens',
      input: 'const total = <|fim|>\n',
      raw: 'sum(a)<|fim_pad|>x',
      shows: 'sum(a)',
    },
    {
      name: 'qwen: another file follows',
      input: 'const a = <|fim|>\n',
      raw: 'one + two<|file_sep|>src/b.ts\nconst',
      shows: 'one + two',
    },
    {
      name: 'starcoder: end of text',
      format: 'starcoder',
      input: 'return <|fim|>\n',
      raw: 'a + b<|endoftext|>',
      shows: 'a + b',
    },
    {
      name: 'starcoder: middle token again',
      format: 'starcoder',
      input: 'return <|fim|>\n',
      raw: 'a + b<fim_middle>c',
      shows: 'a + b',
    },
    {
      name: 'stablecode: closing tags',
      format: 'stablecode',
      input: 'return <|fim|>\n',
      raw: 'a + b</fim_middle></code>',
      shows: 'a + b',
    },
    {
      name: 'codellama: EOT',
      format: 'codellama',
      input: 'return <|fim|>\n',
      raw: 'a + b <EOT>',
      shows: 'a + b',
    },
    {
      name: 'deepseek: full-width end token',
      format: 'deepseek',
      input: 'return <|fim|>\n',
      raw: 'a + b<｜end▁of▁sentence｜>',
      shows: 'a + b',
    },
    {
      name: 'codestral: leading space',
      format: 'codestral',
      input: 'return <|fim|>\n',
      raw: ' a + b',
      shows: 'a + b',
    },
    {
      name: 'codestral: next block',
      format: 'codestral',
      input: 'return <|fim|>\n',
      raw: 'a + b[PREFIX]x',
      shows: 'a + b',
    },
    {
      name: 'mistral: leading space after a space',
      format: 'mistral',
      input: 'x = <|fim|>\n',
      raw: ' compute()',
      shows: 'compute()',
    },
    {
      name: 'codegemma: file separator',
      format: 'codegemma',
      input: 'return <|fim|>\n',
      raw: 'a + b<|file_separator|>',
      shows: 'a + b',
    },
    {
      name: 'granite: repeats the line',
      format: 'granite',
      input: '  return a<|fim|>\n',
      raw: '  return a + b<|end_of_text|>',
      shows: ' + b',
    },
    {
      name: 'seed-coder: end token',
      format: 'seed-coder',
      input: 'return <|fim|>\n',
      raw: 'a + b<[end▁of▁sentence]>',
      shows: 'a + b',
    },
    {
      name: 'suffix field: plain',
      format: 'suffix',
      input: 'return <|fim|>\n',
      raw: 'a + b',
      shows: 'a + b',
    },
    { name: 'infill: plain', format: 'infill', input: 'return <|fim|>\n', raw: 'a + b', shows: 'a + b' },
    {
      name: 'chat: tags',
      format: 'chat',
      input: 'return <|fim|>\n',
      raw: '<COMPLETION>a + b</COMPLETION>',
      shows: 'a + b',
    },
    {
      name: 'chat: tag cut by stop',
      format: 'chat',
      input: 'return <|fim|>\n',
      raw: '<COMPLETION>a + b',
      shows: 'a + b',
    },
    {
      name: 'chat: fence and talk',
      format: 'chat',
      multiline: true,
      input: 'function f() {\n  <|fim|>\n}\n',
      raw: 'Here is the code:\n```ts\nreturn one;\n```\nIt returns one.',
      shows: 'return one;',
    },
    {
      name: 'chat: a thought before the answer',
      format: 'chat',
      multiline: true,
      input: 'return <|fim|>\n',
      raw: '<think>Let me see.\nYes.</think>\n<COMPLETION>a + b</COMPLETION>',
      shows: 'a + b',
    },
    {
      name: 'chat: nothing missing',
      format: 'chat',
      input: 'return 1;<|fim|>\n',
      raw: '<COMPLETION></COMPLETION>',
      shows: { suppressed: 'empty' },
    },
    { name: 'local: plain', format: 'local', input: 'return <|fim|>\n', raw: 'a + b', shows: 'a + b' },
    {
      name: 'a broken token of the user is mended',
      input: "const stop = '<|endoftext|>';\nconst other = <|fim|>\n",
      raw: "'< |endoftext|>' + x",
      shows: "'<|endoftext|>' + x",
    },
  ]);
});

describe('what is shown, whatever the family', () => {
  checkFim([
    {
      name: 'single line stops at its end',
      input: 'const a = <|fim|>\nb',
      raw: 'f(x);\nconst c = 2;',
      shows: 'f(x);',
    },
    {
      name: 'single line ignores a leading break',
      input: 'f();\n<|fim|>\n',
      raw: '\ng(x);\nh();',
      shows: 'g(x);',
    },
    {
      name: 'multi-line keeps the block',
      multiline: true,
      input: 'function add(a, b) {<|fim|>\n}\n',
      raw: '\n  const sum = a + b;\n  return sum;\n}\n\nfunction next() {',
      shows: '\n  const sum = a + b;\n  return sum;',
    },
    {
      name: 'multi-line closes what nothing below closes',
      multiline: true,
      input: 'function add(a, b) {<|fim|>\n',
      raw: '\n  return a + b;\n}\n\nfunction next() {\n',
      shows: '\n  return a + b;\n}',
    },
    {
      name: 'python block ends by indentation',
      multiline: true,
      language: 'python',
      input: 'def add(a, b):\n    <|fim|>\n',
      raw: 'total = a + b\n    return total\n\ndef other():\n    pass\n',
      shows: 'total = a + b\n    return total',
    },
    {
      name: 'indentation that stands there is not said twice',
      input: 'if (x) {\n    <|fim|>\n}',
      raw: '    return x;',
      shows: 'return x;',
    },
    {
      name: 'tabs where the file has tabs',
      multiline: true,
      tabs: true,
      input: 'if (x) {<|fim|>\n}',
      raw: '\n  return f(\n    x,\n  );',
      shows: '\n\treturn f(\n\t\tx,\n\t);',
    },
    {
      name: 'spaces where the file has spaces',
      multiline: true,
      input: 'if (x) {<|fim|>\n}',
      raw: '\n\treturn f(\n\t\tx,\n\t);',
      shows: '\n  return f(\n    x,\n  );',
    },
    { name: 'trailing blanks go', input: 'const a = <|fim|>\n', raw: 'f(x);   ', shows: 'f(x);' },
    { name: 'blank answer', input: 'const a = <|fim|>\n', raw: '   \n  ', shows: { suppressed: 'empty' } },
    { name: 'no answer', input: 'const a = <|fim|>\n', raw: '', shows: { suppressed: 'empty' } },
    {
      name: 'one stray character',
      input: 'const a = <|fim|>\n',
      raw: 'x',
      shows: { suppressed: 'too-short' },
    },
    { name: 'one closing character', input: 'f(a<|fim|>\n', raw: ')', shows: ')' },
    {
      name: 'the rest of the line again',
      input: 'f(<|fim|>abc);\n',
      raw: 'abc);',
      shows: { suppressed: 'repeats-suffix' },
    },
    {
      name: 'the next line again',
      input: 'a();\n<|fim|>\nreturn value;\n',
      raw: 'return value;',
      shows: { suppressed: 'repeats-suffix' },
    },
    {
      name: 'nearly the next line again',
      input: 'a();\n<|fim|>\nreturn someLongValue;\n',
      raw: 'return someLongValue',
      shows: { suppressed: 'repeats-below' },
    },
    {
      name: 'the line above again',
      input: 'total += price;\n<|fim|>\n',
      raw: 'total += price;',
      shows: { suppressed: 'repeats-above' },
    },
    {
      name: 'stops where the line below begins',
      multiline: true,
      input: 'f(function () {\n  <|fim|>\n});\nrunAll();\n',
      raw: 'one();\n  two();\n});\nrunAll();\n',
      shows: 'one();\n  two();',
    },
    {
      name: 'the same line for ever',
      multiline: true,
      input: 'const list = [<|fim|>\n',
      raw: '\n  first,\n  second,\n  same,\n  same,\n  same,\n  same,\n',
      shows: '\n  first,\n  second,\n  same,',
    },
    {
      name: 'one line for ever',
      input: 'const list = [<|fim|>\n',
      raw: '0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,',
      shows: { suppressed: 'repetition' },
    },
    {
      name: 'a closer that is there already is covered',
      input: 'call(<|fim|>)\n',
      raw: 'one, two)',
      shows: 'one, two)',
    },
    {
      name: 'a closer that nothing opened is cut',
      input: 'const a = <|fim|>\n',
      raw: 'b + c)]',
      shows: 'b + c',
    },
    {
      name: 'garbage bytes',
      input: 'const a = <|fim|>\n',
      raw: 'ab\u0000\u0001',
      shows: { suppressed: 'control-characters' },
    },
    { name: 'half a UTF-8 character', input: 'const a = <|fim|>\n', raw: "'grün'\ufffd", shows: "'grün'" },
    {
      name: 'bytes that are no UTF-8, in the middle of a word',
      input: 'const a = <|fim|>\n',
      raw: "'gr\ufffdn'",
      shows: { suppressed: 'control-characters' },
    },
    { name: 'half a surrogate pair', input: 'const a = <|fim|>\n', raw: "'x'\ud83d", shows: "'x'" },
    { name: 'right-to-left text', input: 'const a = <|fim|>\n', raw: "'שלום עולם'", shows: "'שלום עולם'" },
    {
      name: 'CRLF from the model',
      multiline: true,
      input: 'if (x) {<|fim|>\n}',
      raw: '\r\n  a();\r\n  b();',
      shows: '\n  a();\n  b();',
    },
    { name: 'CRLF in the file', input: 'a();\r\nconst b = <|fim|>\r\nc();', raw: 'f(1);', shows: 'f(1);' },
    {
      name: 'the prompt back',
      input: 'function f() {\n  return va<|fim|>\n}',
      raw: 'return value;',
      shows: 'lue;',
    },
    {
      name: 'a fence after the code',
      multiline: true,
      input: 'if (x) {<|fim|>\n',
      raw: '\n  a();\n```\nThis code',
      shows: '\n  a();',
    },
    {
      name: 'a diff after the code',
      multiline: true,
      input: 'if (x) {<|fim|>\n',
      raw: '\n  a();\ndiff --git a b',
      shows: '\n  a();',
    },
  ]);

  it('is total, keeps to one line where asked, and leaks no token of any family', () => {
    const piece = fc.constantFrom(
      '<|fim_middle|>',
      '<fim_suffix>',
      '<｜fim▁hole｜>',
      '[PREFIX]',
      '<EOT>',
      '</COMPLETION>',
      '<think>',
      '```',
      '\n',
      '\r\n',
      '  ',
      '\t',
      '{',
      '}',
      '(',
      ')',
      'foo',
      'bar();',
      '"',
      "'",
      '\ud83d',
      '\u0000',
      'é',
    );
    const text = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.constantFrom(...FIM_FORMAT_IDS),
        fc.boolean(),
        (before, after, raw, id, multiline) => {
          const format = fimFormat(id);
          if (format === undefined) return;
          const cursor = { prefix: before, suffix: after };
          const result = postProcess(raw, {
            cursor,
            format,
            multiline,
            languageId: 'typescript',
            tabSize: 2,
            insertSpaces: true,
          });
          if (!result.ok) return;
          assert.ok(result.value.trim() !== '');
          if (!multiline) assert.ok(!result.value.includes('\n'), JSON.stringify(result.value));
          for (const token of format.tokens.filter((token) => token.length > 1)) {
            assert.ok(!result.value.includes(token) || (before + after).includes(token), `${token} leaked`);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes an echo of a long prompt without trouble', () => {
    const cursor = at(`${'line of code();\n'.repeat(500)}const x = <|fim|>\n`);
    const format = fimFormat('qwen');
    assert.ok(format);
    const input = {
      cursor,
      format,
      multiline: true,
      languageId: 'typescript',
      tabSize: 2,
      insertSpaces: true,
    };
    assert.deepEqual(postProcess(cursor.prefix, input).ok, false);
  });
});

describe('control tokens, fences and thoughts', () => {
  checkFim([
    ...[
      '<|eom_id|>',
      '<|end|>',
      '<|return|>',
      '<|im_sep|>',
      '<｜User｜>',
      '<[PAD]>'.toLowerCase(),
      '<MID>',
      '</s>',
    ].map((token) => ({
      name: `by form: ${token}`,
      format: 'suffix' as const,
      input: 'return <|fim|>\n',
      raw: `a + b${token}c`,
      shows: 'a + b',
    })),
    {
      name: 'an opening fence',
      input: 'function add(a, b) {\n  <|fim|>\n}\n',
      raw: '```js\nreturn a + b;\n```',
      shows: 'return a + b;',
    },
    {
      name: 'an opening fence within a line',
      format: 'mistral',
      input: 'const total = <|fim|>\n',
      raw: '```ts\nsum(list);\n```',
      shows: 'sum(list);',
    },
    { name: 'nothing but a fence', input: 'a();\n<|fim|>\n', raw: '```js', shows: { suppressed: 'empty' } },
    {
      name: 'a fence in a comment is text',
      input: '/// <|fim|>\n',
      raw: '```text',
      shows: '```text',
    },
    {
      name: 'a thought without its opener',
      format: 'chat',
      input: 'return <|fim|>\n',
      raw: 'I answer between <COMPLETION> and </COMPLETION>.</think>\n<COMPLETION>a + b</COMPLETION>',
      shows: 'a + b',
      multiline: true,
    },
    ...['think', 'thinking', 'reasoning'].map((tag) => ({
      name: `a thought that goes on: <${tag}>`,
      input: 'return <|fim|>\n',
      raw: `<${tag}>a + b, or not`,
      shows: { suppressed: 'empty' as const },
    })),
    {
      name: 'a thought in brackets',
      multiline: true,
      input: 'return <|fim|>\n',
      raw: '[THINK]a, b\n[/THINK]a + b',
      shows: 'a + b',
    },
  ]);
});
