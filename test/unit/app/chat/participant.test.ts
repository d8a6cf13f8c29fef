import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  closedFences,
  conversationFrom,
  conversationIdIn,
  exchangesOf,
  memoryOf,
  triedIn,
  type HistoryItem,
} from '../../../../src/app/chat/participant.ts';
import { assemble } from '../../../../src/app/ask/assemble.ts';

const memory = (armId: string, decisionId = `decision of ${armId}`) =>
  memoryOf({ decisionId, armId, conversationId: 'c1', answerChars: 6 });
const asks = (text: string, better = false): HistoryItem<string> => ({
  type: 'question',
  text,
  references: [`file of ${text}`],
  better,
});
const answers = (armId: string): HistoryItem<string> => ({
  type: 'answer',
  text: 'answer\n\n---\n\nwhy',
  memory: memory(armId),
});

describe('memoryOf', () => {
  it('survives being kept as JSON', () => {
    const kept = memory('here/a');
    assert.ok(kept);
    assert.deepEqual(memoryOf(JSON.parse(JSON.stringify(kept))), kept);
    const better = { armId: 'here/b', label: 'Better answer: B, about $0.02' };
    const offering = memoryOf({ ...kept, better });
    assert.deepEqual(offering?.better, better);
    assert.deepEqual(memoryOf(JSON.parse(JSON.stringify(offering))), offering);
    assert.equal(memoryOf({ ...kept, better: { armId: 'here/b' } }), undefined);
  });

  it('is nothing for anything else', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => memoryOf(value) === undefined));
    assert.equal(memoryOf({ decisionId: 'd', armId: 'a', conversationId: 'c', answerChars: -1 }), undefined);
    assert.equal(memoryOf(undefined), undefined);
  });
});

describe('exchangesOf', () => {
  it('pairs questions with answers, without their reason lines', () => {
    const exchanges = exchangesOf([asks('one'), answers('here/a'), asks('two'), answers('here/b')]);
    assert.deepEqual(
      exchanges.map(({ question, answers: all }) => [question, all.map(({ text }) => text)]),
      [
        ['one', ['answer']],
        ['two', ['answer']],
      ],
    );
    assert.equal(conversationIdIn(exchanges), 'c1');
  });

  it('counts a better answer as one more to the same question', () => {
    const exchanges = exchangesOf([asks('one'), answers('here/a'), asks('', true), answers('here/b')]);
    assert.equal(exchanges.length, 1);
    const [exchange] = exchanges;
    assert.ok(exchange);
    assert.deepEqual(exchange.references, ['file of one']);
    assert.deepEqual(triedIn(exchange), {
      armIds: ['here/a', 'here/b'],
      newest: 'decision of here/b',
      offered: undefined,
    });
    const offer = { armId: 'here/c', label: 'Better answer: C' };
    const last = memoryOf({ ...memory('here/b'), better: offer });
    const offering = { ...exchange, answers: [{ text: 'answer', memory: last }] };
    assert.equal(triedIn(offering).offered, 'here/c');
  });

  it('takes "better" for a question where there was none', () => {
    assert.equal(exchangesOf([asks('please', true)]).length, 1);
  });

  it('keeps an answer without a memory, and drops one without a question', () => {
    const exchanges = exchangesOf([
      { type: 'answer', text: 'stray', memory: undefined },
      asks('one'),
      { type: 'answer', text: 'whole text', memory: undefined },
    ]);
    assert.deepEqual(
      exchanges.map(({ answers: all }) => all.map(({ text }) => text)),
      [['whole text']],
    );
    assert.equal(conversationIdIn(exchanges), undefined);
  });
});

describe('conversationFrom', () => {
  it('builds the prompt that Ask would build, with the newest answer of each question', () => {
    const exchanges = exchangesOf([asks('one'), answers('here/a'), asks('', true), answers('here/b')]);
    const piece = {
      kind: 'file' as const,
      label: 'a.ts',
      source: 'file:a',
      languageId: 'typescript',
      text: 'let a;',
    };
    const { messages, view } = assemble(conversationFrom('c1', exchanges, [[piece]]), 'two', []);
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    assert.match(messages[1]?.content ?? '', /let a;[\s\S]*one$/);
    assert.equal(messages[2]?.content, 'answer');
    assert.equal(view.turn, 1);
  });
});

describe('closedFences', () => {
  const check = (answer: string, expected: string): void =>
    assert.equal(closedFences(answer), expected, answer);

  it('closes what the answer left open, and nothing else', () => {
    check('plain', '');
    check('```ts\nlet a;\n```\n', '');
    check('```ts\nlet a;', '\n```');
    check('````md\n```ts\nlet a;\n```\n', '\n````');
    check('~~~\n```\n', '\n~~~');
  });
});
