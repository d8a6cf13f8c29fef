import assert from 'node:assert/strict';
import type { IncompleteReason, ProviderErrorKind } from '../../../../src/app/ports/models.ts';
import { Health } from '../../../../src/app/call/health.ts';
import { armId } from '../../../../src/core/brand.ts';
import { eachInput } from './harness.ts';

type Expected =
  | 'complete'
  | { readonly incomplete: IncompleteReason }
  | { readonly fails: ProviderErrorKind; readonly said?: RegExp; readonly text?: string };

const HALF = 'The first half of';

describe('reports: ends', () => {
  eachInput<Expected>(
    'ends',
    {
      length: { incomplete: 'length' },
      'content-filter-without-done': { incomplete: 'content-filter' },
      sensitive: { incomplete: 'content-filter' },
      'error-finish': { fails: 'server-error' },
      'error-in-choice': { fails: 'server-error', said: /Upstream closed/ },
      'native-error': { fails: 'server-error' },
      'error-event': { fails: 'server-error', said: /request limit reached/, text: '' },
      'no-resource': { fails: 'server-error' },
      closed: { fails: 'reset', text: 'The first half of the answer and th' },
      'null-as-word': { fails: 'reset' },
      'usage-before-text': { fails: 'reset' },
      'filter-of-its-own-name': { incomplete: 'content-filter' },
      'malformed-call': { fails: 'server-error' },
      'groq-error-beside': { fails: 'server-error', said: /over_capacity/ },
      'error-as-text': { fails: 'server-error', said: /model has crashed/ },
      'done-without-finish': 'complete',
      'unknown-word-without-done': 'complete',
      'usage-last-without-done': 'complete',
    },
    async (server, input, expected) => {
      const { text, done, failure } = await server.ask(input, 47);
      if (expected === 'complete') {
        assert.deepEqual([text, failure, done?.incomplete], ['All of it.', undefined, undefined]);
      } else if ('incomplete' in expected) {
        assert.deepEqual([text, failure, done?.incomplete], [HALF, undefined, expected.incomplete]);
      } else {
        assert.ok(failure);
        assert.deepEqual([text, failure.kind, done], [expected.text ?? HALF, expected.fails, undefined]);
        if (expected.said) assert.match(failure.said ?? '', expected.said);
        const health = new Health();
        health.failed(armId('fake', 'small'), failure, 0);
        assert.ok(health.isOpen(armId('fake', 'small'), 1), 'a failure counts for health');
      }
    },
  );
});
