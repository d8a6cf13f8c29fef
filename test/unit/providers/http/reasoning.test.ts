import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReasoningSplitter, withoutReasoning, type Piece } from '../../../../src/providers/http/reasoning.ts';

/** The visible result after the last piece. */
function read(pieces: readonly string[], sent = ''): { text: string; reasoning: string; events: Piece[] } {
  const splitter = new ReasoningSplitter(sent);
  const events = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
  let [text, reasoning] = ['', ''];
  for (const event of events) {
    if (event.type === 'text') text += event.text;
    else if (event.type === 'reasoning') reasoning += event.text;
    else [text, reasoning] = ['', reasoning + text];
  }
  return { text, reasoning, events };
}

const cases: readonly (readonly [answer: string, text: string, reasoning: string])[] = [
  ['Hi.', 'Hi.', ''],
  ['  indented', '  indented', ''],
  ['<think></think>\n\nHi.', 'Hi.', ''],
  ['<think>a</think>b', 'b', 'a'],
  ['<thinking>a</thinking>b', 'b', 'a'],
  ['\n<reasoning>\na\n</reasoning>\nb', 'b', 'a\n'],
  ['◁think▷a◁/think▷b', 'b', 'a'],
  ['<seed:think>a</seed:think>b', 'b', 'a'],
  ['<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>', 'b', 'a'],
  ['<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b', 'b', 'a'],
  ['<|channel|>final<|message|>b<|return|>', 'b', ''],
  ['a</think>b', 'b', 'a'],
  ['<thin ice', '<thin ice', ''],
  ['<thinker>a</thinker>', '<thinker>a</thinker>', ''],
  ['Use `</think>` here.', 'Use `</think>` here.', ''],
  ['<think>never closed', '', 'never closed'],
  ['a <think> in the middle', 'a <think> in the middle', ''],
  ['ends in <', 'ends in <', ''],
];

describe('reasoning written into the text', () => {
  for (const [answer, text, reasoning] of cases) {
    it(JSON.stringify(answer), () => {
      assert.deepEqual(
        { text: read([answer]).text, reasoning: read([answer]).reasoning },
        { text, reasoning },
      );
      assert.deepEqual(read(Array.from(answer)).text, text, 'one character at a time');
      assert.equal(
        withoutReasoning(answer, () => ''),
        text,
      );
    });
  }

  it('is told the same wherever the text is cut', () => {
    const parts = fc.constantFrom(
      ...['<think>', '</think>', '[THINK]', '[/THINK]', '<|channel|>final<|message|>', '◁/think▷'],
      ...['a', ' b ', '\n', '`', '```\n', '<', '|', '"', 'x'.repeat(70)],
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 14 }), fc.array(fc.nat(200)), (made, cuts) => {
        const answer = made.join('');
        const places = [0, ...cuts.map((cut) => cut % (answer.length + 1)), answer.length];
        const ends = [...new Set(places)].sort((a, b) => a - b);
        const pieces = ends.slice(1).map((end, index) => answer.slice(ends[index], end));
        const { text, reasoning } = read([answer]);
        const cut = read(pieces);
        assert.deepEqual({ text: cut.text, reasoning: cut.reasoning }, { text, reasoning });
      }),
      { numRuns: 400 },
    );
  });

  it('a tag that the user’s own words hold is not taken for a closer', () => {
    assert.equal(read(['Write </think> last.'], 'What does </think> do?').text, 'Write </think> last.');
  });

  it('an endless row of tags is text in the end, and blanks without end are let through', () => {
    const row = '<think>a</think>'.repeat(5_000);
    assert.ok(read([row]).text.length > 0);
    assert.equal(read(Array.from({ length: 3_000 }, () => '    ')).text.trim(), '');
  });
});
