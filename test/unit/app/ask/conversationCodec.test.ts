import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decodeConversation,
  encodeConversation,
  maxStoredChars,
} from '../../../../src/app/ask/conversationCodec.ts';
import type { Answer, Conversation, Turn } from '../../../../src/app/ask/conversations.ts';
import type { ArmId, DecisionId, NanoUsd } from '../../../../src/core/brand.ts';

const answer: Answer = {
  id: 'a',
  state: 'done',
  text: 'Because.',
  reasoning: 'Hm.',
  route: { decisionId: 'd' as DecisionId, armId: 'e/m' as ArmId, label: 'M', simulated: true, reason: 'r' },
  cost: { nano: 5 as NanoUsd, source: 'reported', leftNano: undefined },
  rating: 'up',
  notice: undefined,
};
const turn: Turn = {
  id: 't',
  askedAt: 1,
  question: 'Why?',
  context: [{ kind: 'file', label: 'a.ts', source: 'file:a.ts', languageId: 'typescript', text: 'let a;' }],
  answers: [answer],
  shown: 0,
};
const conversation: Conversation = { id: 'c', startedAt: 1, updatedAt: 2, turns: [turn] };
const decoded = (json: string): Conversation => {
  const result = decodeConversation(json);
  assert.ok(result.ok);
  return result.value;
};

describe('conversationCodec', () => {
  it('gives back what it was given', () => {
    // An undefined value is absent in JSON.
    const { leftNano, ...cost } = answer.cost!;
    assert.equal(leftNano, undefined);
    const back = decoded(encodeConversation(conversation));
    assert.deepEqual(JSON.parse(JSON.stringify(back)), JSON.parse(JSON.stringify(conversation)));
    assert.deepEqual(
      { ...back.turns[0]?.answers[0]?.cost, leftNano: undefined },
      { ...cost, leftNano: undefined },
    );
  });

  it('keeps a problem’s sentence, but takes no command from a file', () => {
    const ways = [{ label: 'Quit', command: 'workbench.action.quit' }];
    const failed: Answer = { ...answer, state: 'failed', notice: { text: 'Broke off.', ways } };
    const json = encodeConversation({ ...conversation, turns: [{ ...turn, answers: [failed] }] });
    assert.ok(!json.includes('workbench.action.quit'));
    assert.deepEqual(decoded(json).turns[0]?.answers[0]?.notice, { text: 'Broke off.', ways: [] });
  });

  it('ends an answer whose window went away', () => {
    const running: Answer = { ...answer, state: 'streaming' };
    const json = encodeConversation({ ...conversation, turns: [{ ...turn, answers: [running] }] });
    assert.equal(decoded(json).turns[0]?.answers[0]?.state, 'stopped');
  });

  it('shrinks what is too large: old context first, then old turns, never the last', () => {
    const big = 'x'.repeat(300_000);
    const turns = Array.from({ length: 12 }, (_, i): Turn => ({
      ...turn,
      id: `t${i}`,
      context: [{ ...turn.context[0]!, text: big }],
      answers: [{ ...answer, text: i > 9 ? big : 'short' }],
    }));
    const json = encodeConversation({ ...conversation, turns });
    assert.ok(json.length <= maxStoredChars * 1.01);
    const back = decoded(json);
    assert.equal(back.turns.length, 12);
    assert.deepEqual([back.turns[0]?.context.length, back.turns.at(-1)?.context.length], [0, 1]);
    const wide = turns.map((each) => ({ ...each, context: [], answers: [{ ...answer, text: big }] }));
    const fewer = decoded(encodeConversation({ ...conversation, turns: wide }));
    assert.ok(fewer.turns.length < 12);
    assert.equal(fewer.turns.at(-1)?.id, 't11');
  });

  it('cuts a ten-megabyte answer', () => {
    const huge = { ...turn, answers: [{ ...answer, text: 'x'.repeat(10_000_000) }] };
    assert.equal(
      decoded(encodeConversation({ ...conversation, turns: [huge] })).turns[0]?.answers[0]?.text.length,
      400_000,
    );
  });

  it('never throws on what it reads', () => {
    fc.assert(fc.property(fc.string(), (json) => void decodeConversation(json)));
    fc.assert(fc.property(fc.json(), (json) => void decodeConversation(json)));
    const mutated = fc.tuple(fc.nat(), fc.string({ maxLength: 4 })).map(([at, piece]) => {
      const json = encodeConversation(conversation);
      const cut = at % json.length;
      return json.slice(0, cut) + piece + json.slice(cut + piece.length);
    });
    fc.assert(fc.property(mutated, (json) => void decodeConversation(json)));
  });
});
