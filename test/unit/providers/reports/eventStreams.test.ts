import assert from 'node:assert/strict';
import { eachInput } from './harness.ts';

/** All of them have the same text; the last breaks off with an error. */
type Expected = 'whole' | 'fails';

describe('reports: habits in event streams', () => {
  eachInput<Expected>(
    'eventStreams',
    {
      'empty-data': 'whole',
      'event-without-data': 'whole',
      'named-keep-alive': 'whole',
      'ping-as-data': 'whole',
      comments: 'whole',
      'comment-as-data': 'whole',
      'no-blank-lines': 'whole',
      'names-without-blank-lines': 'whole',
      'json-over-lines': 'whole',
      'no-space': 'whole',
      'prefix-twice': 'whole',
      bom: 'whole',
      'return-alone': 'whole',
      'return-and-newline': 'whole',
      'last-line-open': 'whole',
      'lines-of-json': 'whole',
      'bare-error': 'fails',
    },
    async (server, input, expected) => {
      for (const size of [Infinity, 13, 1]) {
        const { text, failure, done } = await server.ask(input, size);
        if (expected === 'whole') {
          assert.equal(failure, undefined, failure?.detail);
          assert.deepEqual([text, done?.finish], ['Use `sort`.', 'stop']);
        } else {
          assert.deepEqual([text, failure?.kind], ['Use ', 'server-error']);
          assert.equal(failure?.said, 'Upstream is overloaded');
        }
      }
    },
  );
});
