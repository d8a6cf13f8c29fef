import assert from 'node:assert/strict';
import type { ChatPart, ChatTurn } from '../../../../src/app/chat/messages.ts';
import { roughMessageTokens, roughTokens } from '../../../../src/app/chat/tokens.ts';
import { chatView } from '../../../../src/app/chat/view.ts';

const says = (role: ChatTurn['role'], text: string, ...more: ChatPart[]): ChatTurn => ({
  role,
  parts: [{ type: 'text', text }, ...more],
});
const call: ChatPart = { type: 'tool-call', call: { id: '1', name: 'read', input: '{"a":1}' } };
const result: ChatPart = { type: 'tool-result', callId: '1', content: [{ type: 'text', text: 'four' }] };
const image: ChatPart = { type: 'image', mediaType: 'image/png', base64: 'AAAA' };

describe('chatView', () => {
  it('finds the user’s request inside what VS Code wraps around it', () => {
    const turns = [
      says('system', 'You are an agent.'),
      says('user', '<environment>Linux</environment>'),
      says('user', '<attachment id="a">code</attachment><userRequest>\nmend it\n</userRequest>'),
    ];
    const view = chatView(turns, 'python');
    assert.equal(view.text, 'mend it');
    assert.equal(view.languageId, 'python');
    assert.equal(view.referenceCount, 1);
  });

  it('stays with the request through a tool loop and its reminders', () => {
    const turns = [
      says('user', '<userRequest>mend it</userRequest>'),
      says('assistant', '', call),
      { role: 'user' as const, parts: [result] },
      says('user', 'Remember to be brief.'),
    ];
    const view = chatView(turns, '');
    assert.equal(view.text, 'mend it');
    assert.equal(view.turn, 0, 'a step with tools is no turn of its own');
  });

  it('takes the newest message with words where nothing is wrapped', () => {
    const turns = [
      says('user', 'one'),
      says('assistant', 'two'),
      says('user', 'three'),
      says('user', ' ', image),
    ];
    const view = chatView(turns, '');
    assert.equal(view.text, 'three');
    assert.equal(view.turn, 1);
    assert.equal(view.referenceCount, 1);
  });

  it('counts as context all but the request: results and calls too', () => {
    const turns = [
      says('user', 'abc'),
      says('assistant', '', call),
      { role: 'user' as const, parts: [result] },
    ];
    assert.equal(chatView(turns, '').contextChars, 'read{"a":1}four'.length);
  });

  it('is total on an empty chat', () => {
    assert.deepEqual(chatView([], ''), {
      text: '',
      languageId: '',
      contextChars: 0,
      turn: 0,
      referenceCount: 0,
    });
  });
});

describe('rough tokens', () => {
  it('err upwards for prose, code and Chinese', () => {
    // o200k_base counts 11, 14 and 9.
    assert.ok(roughTokens('The quick brown fox jumps over the lazy dog again.') >= 11);
    assert.ok(roughTokens('const total = values.reduce((a, b) => a + b, 0);') >= 13);
    assert.ok(roughTokens('把每个提示发送给值得其价格的模型') >= 9);
  });

  it('count every part of a message', () => {
    const empty = roughMessageTokens([]);
    for (const part of [call, result, image, says('user', 'x').parts[0]!])
      assert.ok(roughMessageTokens([part]) > empty, part.type);
  });
});
