import assert from 'node:assert/strict';
import {
  askOrder,
  askRouting,
  chatOrder,
  inlineOrder,
  participantOrder,
  trialOrder,
  type Prompt,
} from '../../../../src/app/call/orders.ts';
import { chatCall } from '../../../../src/app/call/call.ts';
import type { Arm } from '../../../../src/core/arm.ts';
import type { ArmId } from '../../../../src/core/brand.ts';

const prompt: Prompt = {
  messages: [{ role: 'user', content: 'why?' }],
  view: { text: 'why?', languageId: 'python', contextChars: 3, turn: 1, referenceCount: 2 },
  conversationId: 'c',
  choice: { type: 'auto' },
};
const { signal } = new AbortController();
const tools = [{ name: 'read', description: 'reads', inputSchema: {} }];
const call = chatCall({ messages: prompt.messages });

describe('orders', () => {
  const orders = {
    ask: askOrder({ ...prompt, signal }),
    rest: askOrder({ ...prompt, continues: true, signal }),
    participant: participantOrder(prompt, signal),
    chat: chatOrder({ ...prompt, outputCap: 7, tools, toolChoice: 'required' }, signal),
    inline: { ...inlineOrder({ view: prompt.view, call, sticky: undefined, exclude: undefined }), signal },
    trial: trialOrder({ id: 'e/m' as ArmId } as Arm, 'Say something', signal),
  };

  it('say whose they are, what the money is for, and what the cap is fitted to', () => {
    const told = Object.entries(orders).map(
      ([
        name,
        {
          surface,
          purpose,
          call: { purpose: fitted, outputCap },
        },
      ]) => [name, surface, purpose, fitted, outputCap].join(' '),
    );
    assert.deepEqual(told, [
      'ask ask ask answer ',
      'rest ask ask rest ',
      'participant chat chat answer ',
      'chat chat chat turn 7',
      'inline inline inline  ',
      'trial ask test  400',
    ]);
    for (const { surface, view } of Object.values(orders)) assert.equal(view.surface, surface);
  });

  it('stay with their conversation, but for completions and trials', () => {
    assert.deepEqual(
      Object.values(orders).map(({ conversationId }) => conversationId),
      ['c', 'c', 'c', 'c', undefined, undefined],
    );
  });

  it('ask for tools only where there are some', () => {
    assert.equal(orders.chat.call.needs.tools, true);
    assert.equal(chatOrder({ ...prompt, tools: [], toolChoice: 'required' }, signal).call.needs.tools, false);
    assert.equal(orders.participant.call.needs.tools, false);
  });

  it('what is only priced is what is sent', () => {
    const { call: priced, ...rest } = askRouting(prompt);
    const { call: sent, surface, view, conversationId, choice } = orders.ask;
    assert.deepEqual(rest, { surface, view, conversationId, choice });
    assert.deepEqual([priced.outputCap, priced.purpose], [sent.outputCap, sent.purpose]);
  });
});
