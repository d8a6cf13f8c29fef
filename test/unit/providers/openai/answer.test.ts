import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StreamEvent } from '../../../../src/app/ports/models.ts';
import { ChunkReader } from '../../../../src/providers/openai/answer.ts';

const read = (...chunks: unknown[]): { answer: ChunkReader; events: StreamEvent[] } => {
  const answer = new ChunkReader(true);
  const events = chunks.flatMap((chunk) => answer.read(chunk));
  return { answer, events: [...events, ...answer.end()] };
};
const delta = (part: object, finish: string | null = null) => ({
  id: 'g1',
  choices: [{ delta: part, finish_reason: finish }],
});
const check = (chunks: unknown[], expected: StreamEvent[]) =>
  assert.deepEqual(read(...chunks).events, expected);
const text = (value: string): StreamEvent => ({ type: 'text', text: value });
const reasoning = (value: string): StreamEvent => ({ type: 'reasoning', text: value });

describe('an answer', () => {
  it('in chat chunks', () => {
    check(
      [delta({ role: 'assistant', content: '' }), delta({ content: 'Hi' }), delta({}, 'stop')],
      [text('Hi')],
    );
  });
  it('in text completions', () => check([{ choices: [{ text: 'a + b' }] }], [text('a + b')]));
  it('in one whole reply', () => check([{ choices: [{ message: { content: 'Hi' } }] }], [text('Hi')]));
  it('as a refusal', () => check([delta({ refusal: 'I cannot.' })], [text('I cannot.')]));
  it('with reasoning under its two names', () => {
    check([delta({ reasoning_content: 'Hm' }), delta({ reasoning: 'm' })], [reasoning('Hm'), reasoning('m')]);
  });
  it('with Mistral’s thoughts and parts', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
      { type: 'text', text: 'Yes' },
    ];
    check([delta({ content })], [reasoning('Hm'), text('Yes')]);
  });
  it('of llama.cpp’s infill, with its own counts', () => {
    const { answer, events } = read(
      { content: 'a', stop: false },
      { content: '', stop: true, stop_type: 'limit', tokens_evaluated: 12, tokens_predicted: 1 },
    );
    assert.deepEqual(events, [text('a')]);
    assert.equal(answer.finish, 'length');
    assert.deepEqual([answer.usage?.tokens.input, answer.usage?.tokens.output], [12, 1]);
  });

  it('keeps id, finish reason and the last usage that can be believed', () => {
    const { answer } = read(
      delta({ content: 'x' }),
      { ...delta({}, 'length'), usage: { prompt_tokens: 5, completion_tokens: 1 } },
      { id: 'other', choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } },
      { choices: [], usage: null },
    );
    assert.deepEqual([answer.generationId, answer.finish, answer.usage?.tokens.output], ['g1', 'length', 2]);
  });

  it('leaves out another choice than the one it began with', () => {
    const choice = (index: number, content: string) => ({ choices: [{ index, delta: { content } }] });
    check([choice(0, 'All'), choice(1, 'Another'), choice(0, ' of it')], [text('All'), text(' of it')]);
    check([choice(1, 'All'), choice(1, ' of it')], [text('All'), text(' of it')]);
  });

  describe('with tool calls', () => {
    it('whose places are numbered in text', () => {
      const piece = (index: string, more: object) => ({ index, ...more });
      const { events } = read(
        delta({
          tool_calls: [
            piece('0', { id: 'c1', function: { name: 'a' } }),
            piece('1', { id: 'c2', function: { name: 'b' } }),
          ],
        }),
        delta({ tool_calls: [piece('0', { function: { arguments: '{"x":1}' } })] }),
        delta({ tool_calls: [piece('1', { function: { arguments: '{"x":2}' } })] }, 'tool_calls'),
      );
      assert.deepEqual(
        events.map((event) => event.type === 'tool-call' && event.call.input),
        ['{"x":1}', '{"x":2}'],
      );
    });

    const part = (index: number, call: object) => delta({ tool_calls: [{ index, ...call }] });
    it('puts arguments together that came in pieces', () => {
      check(
        [
          part(0, { id: 'c1', function: { name: 'read', arguments: '' } }),
          part(1, { id: 'c2', function: { name: 'list', arguments: '{}' } }),
          part(0, { function: { arguments: '{"path":' } }),
          part(0, { function: { arguments: '"a"}' } }),
          delta({}, 'tool_calls'),
        ],
        [
          { type: 'tool-call', call: { id: 'c1', name: 'read', input: '{"path":"a"}' } },
          { type: 'tool-call', call: { id: 'c2', name: 'list', input: '{}' } },
        ],
      );
    });
    it('takes what local servers send: no index, no id, an object', () => {
      check(
        [delta({ tool_calls: [{ function: { name: 'read', arguments: { path: 'a' } } }] })],
        [{ type: 'tool-call', call: { id: 'call_read_0', name: 'read', input: '{"path":"a"}' } }],
      );
    });
    it('without arguments asks with none', () => {
      check(
        [part(0, { id: 'c', function: { name: 'now' } })],
        [{ type: 'tool-call', call: { id: 'c', name: 'now', input: '{}' } }],
      );
    });
  });

  it('made of anything at all is read without an exception', () => {
    const names = fc.constantFrom(
      'choices',
      'delta',
      'content',
      'tool_calls',
      'usage',
      'stop',
      'id',
      'function',
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue(),
        fc.array(tie('node')),
        fc.dictionary(names, tie('node')),
      ),
    })).node;
    fc.assert(fc.property(fc.array(tree), (chunks) => void read(...chunks)));
  });
});
