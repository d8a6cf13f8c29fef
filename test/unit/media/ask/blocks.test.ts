import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { BlockCutter, type Part } from '../../../../media/ask/blocks.ts';

const markdown = new MarkdownIt({ html: false });

/** Like the answer body: every part in turn, with the code of one fence together. */
function cut(pieces: readonly string[]): {
  readonly parts: readonly string[];
  readonly tails: readonly string[];
} {
  const cutter = new BlockCutter(markdown);
  const parts: string[] = [];
  const tails: string[] = [];
  const put = (part: Part): void => {
    if (part.type === 'block') parts.push(part.source);
    if (part.type === 'code-start') parts.push(`<${part.info}>`);
    if (part.type === 'code') parts.push((parts.pop() ?? '') + part.text);
    if (part.type === 'code-end') parts.push((parts.pop() ?? '') + '</>');
  };
  for (const piece of pieces) {
    cutter.push(piece).forEach(put);
    tails.push(cutter.tail);
  }
  cutter.end().forEach(put);
  return { parts, tails };
}

/** The result does not depend on the pieces: at once, by character, by line. */
function check(text: string, expected: readonly string[]): void {
  assert.deepEqual(cut([text]).parts, expected, 'at once');
  assert.deepEqual(cut(Array.from(text)).parts, expected, 'by character');
  assert.deepEqual(cut(text.split(/(?<=\n)/)).parts, expected, 'by line');
}

/** Rendered part by part. */
function render(parts: readonly string[]): string {
  const html = parts.map((part) => {
    const code = /^<([^>\n]*)>([^]*)<\/>$/.exec(part);
    return code
      ? markdown.render(`~~~~~~~~${code[1]}\n${code[2]}${code[2] === '' ? '' : '\n'}~~~~~~~~`)
      : markdown.render(part);
  });
  return html.join('').replaceAll(/\n+/g, '\n').replaceAll('\n</code>', '</code>');
}

describe('BlockCutter', () => {
  it('hands on a paragraph once the next has begun', () => check('a\nb\n\nc\n', ['a\nb\n\n', 'c\n']));
  it('keeps a list together', () =>
    check('1. a\n\n2. b\n\n   b2\n\nc\n', ['1. a\n\n2. b\n\n   b2\n\n', 'c\n']));
  it('keeps a table together', () => {
    check('| a |\n| - |\n| b |\n\nc\n', ['| a |\n| - |\n| b |\n\n', 'c\n']);
  });
  it('keeps a heading underlined later', () => check('a\n===\nb\n', ['a\n===\n', 'b\n']));
  it('takes a fence apart', () => check('a\n\n```ts\nx\n\ny\n```\nb\n', ['a\n\n', '<ts>x\n\ny\n</>', 'b\n']));
  it('takes tildes and longer fences', () => {
    check('~~~~\n~~~\n```\n~~~~\na\n', ['<>~~~\n```\n</>', 'a\n']);
  });
  it('does not close a fence in the middle of a line', () =>
    check('```\na```\n```\nb\n', ['<>a```\n</>', 'b\n']));
  it('does not close a fence that is indented as code', () =>
    check('```\n    ```\n```\n', ['<>    ```\n</>']));
  it('takes a fence’s own indent off its code', () =>
    check('  ```js\n  a\n    b\n  ```\n', ['<js>a\n  b\n</>']));
  it('ends an open fence with the answer', () => check('```js\na\nb', ['<js>a\nb</>']));
  it('takes a last closing fence without its line’s end', () => check('```js\na\n```', ['<js>a\n</>']));
  it('takes an empty fence', () => check('```\n```\n\na\n', ['<></>', '\na\n']));
  it('leaves a fence in a list to the list', () => {
    check('- a\n\n  ```js\n  b\n  ```\n\nc\n', ['- a\n\n  ```js\n  b\n  ```\n\n', 'c\n']);
  });
  it('takes inline code for what it is', () => check('```a``` b\n\nc\n', ['```a``` b\n\n', 'c\n']));
  it('has nothing to say about nothing', () => check('', []));

  it('shows what is open, and hands on code as it comes', () => {
    assert.deepEqual(cut(['a\n\nb', 'c', '\n\n```\nd', 'e']).tails, ['a\n\nb', 'a\n\nbc', '', '']);
    const cutter = new BlockCutter(markdown);
    cutter.push('```\nlet a');
    assert.deepEqual(cutter.push(' = 1'), [{ type: 'code', text: ' = 1' }]);
  });

  it('loses nothing of a block without an end, and parses no large one', () => {
    const text = 'word '.repeat(40_000);
    const { parts, tails } = cut([text]);
    assert.equal(parts.join(''), text);
    assert.ok(Math.max(...tails.map(({ length }) => length)) <= 20_000);
  });

  const line = fc.constantFrom(
    ...[
      '',
      '',
      'word',
      '- item',
      '  more',
      '1. one',
      '# head',
      '> quote',
      '| a |',
      '| - |',
      '```',
      '```ts',
      '~~~',
      '---',
      '    code',
      '**x',
      '`y`',
    ],
  );
  const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.join('\n'));

  it('gives the same parts however the text arrives', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(12), { maxLength: 40 }), (whole, sizes) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of sizes) pieces.push(whole.slice(at, (at += size)));
        pieces.push(whole.slice(at));
        assert.equal(render(cut(pieces).parts), render(cut(Array.from(whole)).parts));
      }),
    );
  });

  it('renders as the whole text does', () => {
    fc.assert(
      fc.property(text, (whole) => {
        assert.equal(render(cut(Array.from(whole)).parts), render([whole]));
      }),
      { numRuns: 1_000 },
    );
  });
});
