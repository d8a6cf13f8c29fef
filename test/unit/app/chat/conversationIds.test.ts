import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConversationIds, fingerprint } from '../../../../src/app/chat/conversationIds.ts';
import type { ChatTurn } from '../../../../src/app/chat/messages.ts';

const says = (role: ChatTurn['role'], text: string): ChatTurn => ({ role, parts: [{ type: 'text', text }] });
const counting = (): (() => string) => {
  let next = 0;
  return () => `id-${++next}`;
};

describe('ConversationIds', () => {
  const opening = [says('system', 'instructions'), says('user', 'first question')];

  it('knows a conversation again, however long it has become', () => {
    const ids = new ConversationIds(counting());
    const first = ids.idOf(opening);
    const later = [...opening, says('assistant', 'answer'), says('user', 'second question')];
    assert.equal(ids.idOf(later), first);
  });

  it('tells conversations apart by their first question, by their instructions, and by pictures', () => {
    const ids = new ConversationIds(counting());
    const picture: ChatTurn = {
      role: 'user',
      parts: [
        { type: 'text', text: 'first question' },
        { type: 'image', mediaType: 'image/png', base64: '' },
      ],
    };
    const all = [
      opening,
      [says('system', 'instructions'), says('user', 'another question')],
      [says('system', 'others'), says('user', 'first question')],
      [says('system', 'instructions'), picture],
      [says('system', 'instructions first'), says('user', ' question')],
    ].map((turns) => ids.idOf(turns));
    assert.equal(new Set(all).size, all.length);
  });

  it('looks at the user’s own words where VS Code’s wrapping changes around them', () => {
    const wrapped = (time: string): ChatTurn[] => [
      says('user', `<environment>files at ${time}</environment>`),
      says('user', `<context>It is ${time}.</context>\n<userRequest>\nfirst question\n</userRequest>`),
    ];
    assert.equal(fingerprint(wrapped('noon')), fingerprint(wrapped('midnight')));
  });

  it('gives ids that say nothing of the words', () => {
    const ids = new ConversationIds(() => 'random');
    assert.equal(ids.idOf(opening), 'random');
  });

  it('forgets the conversation unused for longest', () => {
    const ids = new ConversationIds(counting());
    const first = ids.idOf([says('user', 'kept in use')]);
    const second = ids.idOf([says('user', 'left alone')]);
    for (let i = 0; i < 199; i++) {
      ids.idOf([says('user', `filler ${i}`)]);
      ids.idOf([says('user', 'kept in use')]);
    }
    assert.equal(ids.idOf([says('user', 'kept in use')]), first);
    assert.notEqual(ids.idOf([says('user', 'left alone')]), second);
  });

  it('has no collision among many different openings', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 50 }), (texts) => {
        assert.equal(new Set(texts.map((text) => fingerprint([says('user', text)]))).size, texts.length);
      }),
    );
  });
});
