import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Seam, continuation } from '../../../../src/app/ask/seam.ts';

const asked = [{ role: 'user' as const, content: 'Write it' }];

/** The answer with its rest, which arrives in pieces of this many characters. */
function stitched(answer: string, rest: string, size = 7): string {
  const seam = new Seam(answer);
  let text = answer;
  for (let at = 0; at < rest.length; at += size) text += seam.push(rest.slice(at, at + size));
  return text + seam.end();
}

/** The end of the answer that the request quotes. */
const quoted = (answer: string): string =>
  continuation(asked, answer).at(-1)?.content.split('which are:\n')[1] ?? '';

describe('the rest of an answer', () => {
  const lines = fc
    .array(fc.tuple(fc.nat(3), fc.string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 40 })), {
      minLength: 6,
      maxLength: 30,
    })
    .map((rows) =>
      rows
        .map(([indent, text], i) => `${'  '.repeat(indent)}${text.replace(/[`~\n\r]/g, '')};line${i}`)
        .join('\n'),
    );
  const documents = lines.map((code) => ({
    text: `Here it is:\n\n\`\`\`ts\n${code}\n\`\`\`\nDone.\n`,
    from: 30,
    until: 18 + code.length,
  }));
  const cut = fc.tuple(
    documents,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 90 }),
  );

  const ways: readonly (readonly [string, (answer: string, rest: string) => string])[] = [
    ['goes on exactly', (_answer, rest) => rest],
    ['repeats what was quoted', (answer, rest) => quoted(answer) + rest],
    ['repeats it without its indentation', (answer, rest) => quoted(answer).trimStart() + rest],
    [
      'opens the block again and repeats what was quoted',
      (answer, rest) => `\`\`\`ts\n${quoted(answer)}${rest}`,
    ],
  ];
  for (const [what, model] of ways) {
    it(`shows no seam within a code block when the model ${what}`, () => {
      fc.assert(
        fc.property(cut, ([{ text, from, until }, share, size]) => {
          const at = Math.round(from + share * (until - from));
          const [answer, rest] = [text.slice(0, at), text.slice(at)];
          assert.equal(stitched(answer, model(answer, rest), size), text);
        }),
      );
    });
  }

  it('goes on with a line of its own where the block was opened again and nothing repeated', () => {
    const answer = 'Code:\n```js\nfirst();\nsecond();';
    assert.equal(
      stitched(answer, '```js\nthird();\n```\n'),
      'Code:\n```js\nfirst();\nsecond();\nthird();\n```\n',
    );
  });

  it('leaves out a last line that is repeated alone', () => {
    const answer = 'Code:\n```js\nfirst();\n  const second =';
    assert.equal(stitched(answer, '  const second = 2;\n```\n'), `${answer} 2;\n\`\`\`\n`);
  });

  it('keeps a block that the rest opens after prose', () => {
    assert.equal(
      stitched('So this is the code that you want: ', '\n```js\na();\n```'),
      'So this is the code that you want: \n```js\na();\n```',
    );
  });

  it('keeps a line that the code itself repeats', () => {
    const answer = 'x\n```\n  }\n}';
    assert.equal(stitched(answer, '\n}\n```'), `${answer}\n}\n\`\`\``);
  });

  it('is asked for with the answer as the assistant’s, or again where there was none', () => {
    assert.deepEqual(continuation(asked, ''), asked);
    assert.equal(stitched('', '```js\na();'), '```js\na();');
    const [, second, last] = continuation(asked, 'A\n```\nlet one = 1;');
    assert.deepEqual(second, { role: 'assistant', content: 'A\n```\nlet one = 1;' });
    assert.match(last?.content ?? '', /inside a code block[^]*are:\nlet one = 1;$/);
  });

  it('is total, and loses nothing but what it repeats', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (answer, rest) => {
        const whole = stitched(answer, rest);
        assert.ok(whole.startsWith(answer) && whole.length <= answer.length + rest.length + 1);
      }),
    );
  });
});
