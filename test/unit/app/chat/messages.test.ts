import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  NO_RESULT,
  toChatMessages,
  type ChatPart,
  type ChatTurn,
} from '../../../../src/app/chat/messages.ts';
import type { ChatMessage } from '../../../../src/app/ports/models.ts';

const text = (value: string): ChatPart => ({ type: 'text', text: value });
const image: ChatPart = { type: 'image', mediaType: 'image/png', base64: 'AAAA' };
const call = (id: string, name = 'read'): ChatPart => ({
  type: 'tool-call',
  call: { id, name, input: '{}' },
});
const result = (callId: string, ...content: string[]): ChatPart => ({
  type: 'tool-result',
  callId,
  content: content.map((value) => ({ type: 'text', text: value })),
});
const user = (...parts: ChatPart[]): ChatTurn => ({ role: 'user', parts });
const assistant = (...parts: ChatPart[]): ChatTurn => ({ role: 'assistant', parts });
const system = (value: string): ChatTurn => ({ role: 'system', parts: [text(value)] });

/** One word for each message: its role and its content. */
const brief = (message: ChatMessage): string => {
  const content =
    typeof message.content === 'string'
      ? message.content
      : message.content.map((part) => (part.type === 'text' ? part.text : `<${part.mediaType}>`)).join('');
  if (message.role === 'tool') return `tool ${message.toolCallId}: ${content}`;
  const calls =
    message.role === 'assistant' ? (message.toolCalls ?? []).map(({ id }) => ` [${id}]`).join('') : '';
  return `${message.role}: ${content}${calls}`;
};

const check = (turns: readonly ChatTurn[], expected: readonly string[]): void =>
  assert.deepEqual(toChatMessages(turns).map(brief), expected);

describe('toChatMessages', () => {
  it('takes a plain conversation as it is', () => {
    check(
      [system('be brief'), user(text('hi')), assistant(text('hello')), user(text('bye'))],
      ['system: be brief', 'user: hi', 'assistant: hello', 'user: bye'],
    );
  });

  it('joins parts of one message without a break, messages in a row with one', () => {
    check([user(text('a'), text('b')), user(text('c'))], ['user: ab\n\nc']);
    check(
      [assistant(text('a')), assistant(text('b'), call('1')), user(result('1', 'r'))],
      ['assistant: a\n\nb [1]', 'tool 1: r'],
    );
  });

  it('puts results behind their calls, in the order of the calls, before what the user wrote', () => {
    check(
      [
        user(text('go')),
        assistant(call('1'), call('2')),
        user(text('note'), result('2', 'two')),
        user(result('1', 'one')),
      ],
      ['user: go', 'assistant:  [1] [2]', 'tool 1: one', 'tool 2: two', 'user: note'],
    );
  });

  it('gives a call that was cut off a result of its own', () => {
    check(
      [assistant(call('1')), user(text('stop'))],
      ['assistant:  [1]', `tool 1: ${NO_RESULT}`, 'user: stop'],
    );
  });

  it('keeps a result whose call was cut out of the history, as text', () => {
    check(
      [user(result('gone', 'data'), text(' and go on'))],
      ['user: Result of an earlier tool call:\ndata and go on'],
    );
  });

  it('tells apart calls that bear the same id in different rounds, as some models number them', () => {
    check(
      [assistant(call('0')), user(result('0', 'first')), assistant(call('0')), user(result('0', 'second'))],
      ['assistant:  [0]', 'tool 0: first', 'assistant:  [0]', 'tool 0: second'],
    );
  });

  it('shows the picture a tool returned in the user’s message, since tool messages take text only', () => {
    const shot: ChatPart = {
      type: 'tool-result',
      callId: '1',
      content: [{ ...image, type: 'image', mediaType: 'image/png', base64: 'AA' }],
    };
    check(
      [assistant(call('1')), user(shot)],
      ['assistant:  [1]', 'tool 1: The result is an image; it follows.', 'user: <image/png>'],
    );
  });

  it('keeps pictures between the words they stand between', () => {
    check([user(text('see '), image, text(' there'))], ['user: see <image/png> there']);
  });

  it('drops messages that say nothing', () => {
    check([system(''), user(text('')), assistant(), user(text('x'))], ['user: x']);
  });

  it('puts a late instruction where it came', () => {
    check([user(text('a')), system('now'), user(text('b'))], ['user: a', 'system: now', 'user: b']);
  });

  const id = fc.constantFrom('1', '2', '3');
  const part = fc.oneof(
    fc.string({ maxLength: 5 }).map(text),
    id.map((value) => call(value)),
    id.map((value) => result(value, 'r')),
    fc.constant(image),
  );
  const turn = fc.record({
    role: fc.constantFrom<ChatTurn['role']>('system', 'user', 'assistant'),
    parts: fc.array(part, { maxLength: 4 }),
  });

  it('always gives what strict endpoints take: each call directly followed by its one result, roles that alternate', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        const messages = toChatMessages(turns);
        let awaited: string[] = [];
        for (const [index, message] of messages.entries()) {
          if (message.role === 'tool') {
            assert.equal(message.toolCallId, awaited.shift());
            continue;
          }
          assert.deepEqual(awaited, [], 'a call without its result');
          if (message.role === 'assistant') awaited = (message.toolCalls ?? []).map((one) => one.id);
          if (message.role === 'user') assert.notEqual(messages[index - 1]?.role, 'user');
        }
        assert.deepEqual(awaited, []);
      }),
    );
  });

  it('loses no word of user and model', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        const kept = toChatMessages(turns).map(brief).join('\n');
        for (const { parts } of turns)
          for (const one of parts) if (one.type === 'text') assert.ok(kept.includes(one.text), one.text);
      }),
    );
  });
});
