import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventFilter } from '../../../../src/providers/http/eventStream.ts';

function filter(...chunks: readonly string[]): string {
  const events = new EventFilter();
  return chunks.map((chunk) => events.push(chunk)).join('') + events.end();
}
const check = (stream: string, expected: string) =>
  it(JSON.stringify(stream), () => assert.equal(filter(stream), expected));

describe('the filter of event streams', () => {
  check('data: {"a":1}\n\n', 'data: {"a":1}\n\n');
  check('data:{"a":1}', 'data: {"a":1}\n\n');
  check('event: x\ndata: {"a":1}\n\n', 'event: x\ndata: {"a":1}\n\n');
  check('data: {"a":1}\nevent: x\n\n', 'event: x\ndata: {"a":1}\n\n');
  check('event: x\ndata: {}\nevent: y\ndata: {}\n', 'event: x\ndata: {}\n\nevent: y\ndata: {}\n\n');
  check('data: {"a":\ndata: 1}\n\n', 'data: {"a":\ndata: 1}\n\n');
  check('data: {}\ndata: [DONE]\n', 'data: {}\n\ndata: [DONE]\n\n');
  check('[DONE]\n', 'data: [DONE]\n\n');
  check('data: [done]\n\n', 'data: [DONE]\n\n');
  check('data: DONE\n\n', 'data: [DONE]\n\n');
  check(': comment\nretry: 5\nid: 1\n\n', '');
  check('event: ping\ndata: {"type":"ping"}\n\n', 'event: ping\ndata: {"type":"ping"}\n\n');
  check('some words\n\ndata: {}\n\n', 'data: {}\n\n');
  check('data: torn {\n\n', 'data: torn {\n\n');

  it('tells the same however the stream is cut', () => {
    const parts = fc.constantFrom(
      'data: ',
      '{"a":1}',
      '\n',
      '\r',
      '\r\n',
      'event: x',
      '[DONE]',
      ': c',
      ' ',
      '{',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), fc.array(fc.nat(100)), (made, cuts) => {
        const stream = made.join('');
        const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length];
        const ends = [...new Set(places)].sort((a, b) => a - b);
        const chunks = ends.slice(1).map((end, index) => stream.slice(ends[index], end));
        assert.equal(filter(...chunks), filter(stream));
      }),
    );
  });

  it('knows the server’s own end', () => {
    const events = new EventFilter();
    events.push('data: {}\n\n');
    assert.equal(events.done, false);
    events.push('data: [DONE] \n\n');
    assert.equal(events.done, true);
  });
});
