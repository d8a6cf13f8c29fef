import assert from 'node:assert/strict';
import type { StreamEvent } from '../../../../src/app/ports/models.ts';
import { eachInput } from './harness.ts';

interface Expected {
  readonly text: string;
  readonly reasoning: string;
  readonly question?: string;
}

const usual: Expected = { text: 'Use `sort`.', reasoning: 'First I look at the list.' };
const aboutTags = 'The tag `<think>` opens and </think> closes.\n\n```\n<think>\nhm\n</think>\n```\n';
const code =
  'Strip it:\n\n```js\ntext.split("</think>")[1];\n</think>\n```\nand `</think>` or "</think>" stay.';

describe('reports: reasoning in the text', () => {
  eachInput<Expected>(
    'reasoning',
    {
      'think-tag': usual,
      'no-opener': usual,
      'no-opener-no-break': { text: '391', reasoning: 'The product of 17 and 23. Answer briefly.' },
      harmony: usual,
      'bracket-tags': usual,
      openthinker: usual,
      kimi: usual,
      'about-tags': { text: aboutTags, reasoning: '', question: 'What do <think> and </think> do?' },
      'code-with-tags': { text: code, reasoning: '' },
      'fields-and-closer': usual,
      'cut-in-thoughts': { text: '', reasoning: 'First I look at the' },
      twice: usual,
      'answer-tags': usual,
      'leaked-end': usual,
      'copilot-field': usual,
      'details-alone': usual,
    },
    async (server, input, { text, reasoning, question = input.question }) => {
      for (const size of [Infinity, 11]) {
        const { events, failure } = await server.ask({ ...input, question }, size);
        assert.equal(failure, undefined);
        const shown = folded(events);
        assert.equal(shown.text, text);
        assert.equal(shown.reasoning.replace(/\s+$/, ''), reasoning);
      }
      // In an earlier turn of a conversation, the answer goes back without its reasoning, and the question unchanged.
      const raw = rawText(input.body);
      await server.ask({ ...input, question }, Infinity, [
        { role: 'assistant', content: raw },
        { role: 'user', content: 'And now?' },
      ]);
      const { messages } = server.requests.at(-1) as { messages: { content: string }[] };
      assert.equal(messages[0]?.content, question);
      assert.equal(messages[1]?.content, text);
    },
  );
});

/** The visible result. */
function folded(events: readonly StreamEvent[]): { text: string; reasoning: string } {
  const shown = { text: '', reasoning: '' };
  for (const event of events) {
    if (event.type === 'text') shown.text += event.text;
    if (event.type === 'reasoning') shown.reasoning += event.text;
    if (event.type === 'text-was-reasoning') {
      shown.reasoning += shown.text;
      shown.text = '';
    }
  }
  return shown;
}

/** The answer's text as sent by the server, tags included. */
const rawText = (body: string): string =>
  [...body.matchAll(/^data: (\{.*\})$/gm)]
    .map(([, json = '']) => JSON.parse(json) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
